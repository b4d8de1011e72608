package dev.nestmap.cli;

/** What documents look like: {@code nestmap help documents}. */
final class DocumentHelp {
    static final String TEXT = """
            Documents for apply and diff, and from export: YAML, several in a file are divided by lines of ---

                apiVersion: nestmap/v1
                kind: Map
                metadata:
                  name: routes
                  namespace: default          # default: --namespace
                  unlinked: false             # true: a map that has no name in the store and lives in slots; see below
                spec:
                  type: array_of_maps         # bpftool's word
                  key: 4                      # bytes
                  value: 4                    # bytes
                  entries: 256
                  flags: [no_prealloc]        # names of BPF_F_* or a number; default: none
                  inner: {type: array, key: 4, value: 8, entries: 4}   # of outer maps; or innerMap: NAME
                  placement: role=lb          # a selector, all (default) or none; or nodeSelector: {role: lb}
                  publish: in_place           # of outer maps: in_place (default) or sealed
                  ownership: exclusive        # exclusive, shared, seed or observed; default: as the type is
                  unresolved: keep            # of maps with what nodes work out: keep (default) or empty
                  pinPath: /sys/fs/bpf/routes # default: PIN_ROOT/NAMESPACE/NAME
                  numaNode: 0                 # default: none
                  mapExtra: 0
                  frozen: false               # true: frozen when the contents are written
                contents:                     # left out: elements are left alone
                  prune: true                 # elements that are not listed are deleted; default: false
                  elements:
                    - key: {u32le: 7}
                      value: {map: green}

            Keys and values

                "07 00 00 00"                 hexadecimal bytes in quotes; spaces may be left out
                {u32le: 7}                    u8, u16 u32 u64 and s16 s32 s64, each le (little-endian) or be
                {ipv4: 10.0.0.1}              4 bytes in network order; ipv6: 16
                {text: eth0}                  UTF-8, zeros behind it up to the size
                [{u32le: 24}, {ipv4: 10.0.0.0}, 0, 0xff]    one behind the other; a number in a list is a byte
                {fields: {addr: 10.0.0.1, port: 443}}       by field name, of a map with BTF: the store's, or that of spec.btf
                {map: green}                  the map in a slot
                {ifindex: eth0}               what each node works out; also {expression: cpus()}, {expression: 'prog("/sys/fs/bpf/p")'}
                {perCpu: [{u32le: 1}, {u32le: 2}]}    one value for each possible CPU; any other form: the same for all

            The types of a map that was imported are written by export as spec.btf: {key: TYPE_ID, value: TYPE_ID, data: BASE64}.
            A document that leaves them out means the map whatever types it has.

            A map whose name was removed lives while slots hold it. A document with unlinked: true is about one: its name is only
            what slots in other documents call it. Apply leaves a slot alone that holds such a map with the same definition and
            elements; otherwise it creates one, fills it, puts it into the slots and takes the name away, all at once.

            A definition cannot change but for its placement; apply says which field differs. Queues, stacks and Bloom
            filters have no keys: they are defined here and filled by map push.
            """;

    private DocumentHelp() {}
}

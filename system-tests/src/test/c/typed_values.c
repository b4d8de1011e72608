/* Keys and values as a C program writes them: one line each, a name and the bytes in hexadecimal. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "../bpf/shapes_balancer.h"
#include "../bpf/shapes_director.h"
#include "../bpf/shapes_enforcer.h"

static void print(const char *name, const void *data, size_t size)
{
    printf("%s ", name);
    for (size_t i = 0; i < size; i++)
        printf("%02x", ((const unsigned char *)data)[i]);
    printf("\n");
}

#define PRINT(name, type, ...)                   \
    do {                                         \
        type value;                              \
        memset(&value, 0, sizeof(value));        \
        __VA_ARGS__;                             \
        print(name, &value, sizeof(value));      \
    } while (0)

int main(void)
{
    PRINT("vip_key", struct vip_key, inet_pton(AF_INET, "10.0.0.1", &value.addr),
          value.port = htons(443), value.proto = 6);
    PRINT("vip_key6", struct vip_key, inet_pton(AF_INET6, "2001:db8::1", value.addr6),
          value.port = htons(53), value.proto = 17);
    PRINT("vip_meta", struct vip_meta, value.flags = 0xdeadbeef, value.vip_num = 511);
    PRINT("real", struct real, inet_pton(AF_INET6, "fd00::2", value.dst6), value.flags = 1);
    PRINT("src_prefix", struct src_prefix, value.prefixlen = 24,
          inet_pton(AF_INET, "192.0.2.0", &value.addr));
    PRINT("table_entry", struct table_entry, inet_pton(AF_INET, "10.1.0.1", &value.primary),
          inet_pton(AF_INET, "10.1.0.2", &value.secondary));
    PRINT("bind", struct bind, inet_pton(AF_INET, "203.0.113.9", &value.addr),
          value.port = htons(8443), value.proto = 6, value.bits = 32);
    PRINT("secret", struct secret, for (int i = 0; i < 16; i++) value.key[i] = i * 17);
    PRINT("gateway", struct gateway,
          memcpy(value.mac, "\x02\x42\xac\x11\x00\x02", sizeof(value.mac)));
    PRINT("file_rule", struct file_rule, value.mode = RULE_DENY, value.priority = -5,
          value.pattern.flags = 9, value.pattern.prefix_length = 5,
          value.pattern.suffix_length = 4095, strcpy(value.pattern.prefix, "/etc/"),
          memcpy(value.pattern.suffix, "0123456789abcdef", 16), value.ports[0] = 22,
          value.ports[2] = 65535);
    return 0;
}

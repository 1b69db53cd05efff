/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How lwIP is built: its raw interface, for one thread at a time, which the module's mutex sees to. */
#ifndef MODULES_TCPIP_LWIPOPTS_H
#define MODULES_TCPIP_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

/* Memory comes from port.c, which bounds it; so no count of lwIP's own is needed. */
#define MEM_ALIGNMENT 8
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define mem_clib_malloc port_alloc
#define mem_clib_calloc port_alloc_array
#define mem_clib_free port_free
void *port_alloc(unsigned long bytes);
void *port_alloc_array(unsigned long cnt, unsigned long bytes);
void port_free(void *memory);

#define IP_DEFAULT_TTL 64 /* as Linux has it */
#define LWIP_ICMP6_HL IP_DEFAULT_TTL
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_IPV6_NUM_ADDRESSES 8 /* of an interface; the first is that of its link */
#define LWIP_ND6_NUM_NEIGHBORS 64
#define LWIP_ND6_NUM_DESTINATIONS 64
#define IPV6_FRAG_COPYHEADER 1 /* a pointer has more than 32 bits */
#define LWIP_HOOK_IP6_ROUTE(from, to) route6_interface(to)
#define LWIP_HOOK_ND6_GET_GW(netif, to) route6_gateway(netif)
#define LWIP_HOOK_IP4_ROUTE_SRC(from, to) route4_own(to)
struct netif;
struct ip4_addr;
struct ip6_addr;
struct netif *route4_own(const struct ip4_addr *to);
struct netif *route6_interface(const struct ip6_addr *to);
const struct ip6_addr *route6_gateway(const struct netif *netif);
#define LWIP_ICMP 1
#define LWIP_RAW 1
#define LWIP_UDP 1
#define LWIP_TCP 1
#define LWIP_DHCP 0 /* a program's */
#define LWIP_DNS 0
#define LWIP_AUTOIP 0
#define LWIP_IGMP 0
#define IP_FORWARD 0
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define IP_REASS_MAX_PBUFS 256 /* a datagram of 64 KiB comes in 45 on an Ethernet */
#define ARP_TABLE_SIZE 64
#define ARP_QUEUEING 1
#define ETHARP_SUPPORT_STATIC_ENTRIES 0

#define PBUF_POOL_BUFSIZE 1600
#define PBUF_POOL_SIZE 1024 /* only compared with the window */
#define TCP_SYNMAXRTX 12 /* each 3 s later: half a minute, in which a full backlog of the other side has room again */
#define TCP_MSS 1460
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 2
#define TCP_WND (64 * 1460)
#define TCP_SND_BUF (128 * 1024)
#define TCP_SNDLOWAT 32768
#define TCP_SND_QUEUELEN 512
#define MEMP_NUM_TCP_SEG 4096
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 0
#define TCP_LISTEN_BACKLOG 1
#define LWIP_TCP_KEEPALIVE 1

#define SO_REUSE 1
#define IP_SOF_BROADCAST 1
#define IP_SOF_BROADCAST_RECV 0
#define LWIP_NETIF_STATUS_CALLBACK 0
#define LWIP_STATS 0
#define LWIP_HAVE_LOOPIF 0
#define LWIP_NETIF_LOOPBACK 0
#define LWIP_SINGLE_NETIF 0
#define LWIP_NETIF_API 0
#define LWIP_TIMERS 1

#endif

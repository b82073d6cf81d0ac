/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* What vnfm-nfvo and its helper vnfm-machine say to each other over a socket pair. Each message is its length (32 bits,
 * the host's order) and a GVariant (serial, verb, body), checked when it is read: the helper has rights that its peer
 * may not have. A request has a serial of its own, which its one answer repeats; news has the serial 0.
 *
 *   request                                       answer                 news
 *   bridge (name, IPv4/len, IPv6/len)             done 0                 ended (id, text)
 *   start (HelperOrder)                           done PID | failed text user-data (id, wait status)
 *   stop id                                       done 0   | failed text
 */
#define HELPER_BRIDGE    "bridge"
#define HELPER_START     "start"
#define HELPER_STOP      "stop"
#define HELPER_DONE      "done"
#define HELPER_FAILED    "failed"
#define HELPER_ENDED     "ended"
#define HELPER_USER_DATA "user-data"

#define HELPER_BRIDGE_TYPE "(sss)"
#define HELPER_START_TYPE  "(ssssasasa(ssssss))"

#define HELPER_MAX_MESSAGE (8 * 1024 * 1024)
#define HELPER_MAX_NICS    32

/* Number of the socket's descriptor, in the environment of the program in the cloud. */
#define HELPER_SOCKET_VARIABLE "VNFM_MACHINE_SOCKET"

/**
 * HelperNic:
 * @bridge: what it is plugged into
 * @address4: with prefix length
 * @address6: with prefix length
 * @gateway4: "" or the default route
 * @gateway6: "" or the default route
 * @floating: "" or the floating address
 */
typedef struct {
  char *bridge;
  char *address4;
  char *address6;
  char *gateway4;
  char *gateway6;
  char *floating;
} HelperNic;

/**
 * HelperOrder:
 * @id: UUID of the machine
 * @hostname: a host name: letters, digits, "-", "." and "_", at most 64
 * @folder: where its files outside are: console, vnfm-ems.log, state
 * @user_data: what it runs first
 * @environment: "NAME=VALUE" for the user data
 * @binds: paths that it sees as they are outside, read-only
 * @nics: (element-type HelperNic)
 *
 * A machine to start.
 */
typedef struct {
  char *id;
  char *hostname;
  char *folder;
  char *user_data;
  GStrv environment;
  GStrv binds;
  GPtrArray *nics;
} HelperOrder;

HelperOrder *helper_order_new (const char *id, const char *hostname, const char *folder, const char *user_data);
void helper_order_add_nic (HelperOrder *self, const char *bridge, const char *address4, const char *address6,
                           const char *gateway4, const char *gateway6, const char *floating);
void helper_order_free (HelperOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelperOrder, helper_order_free)
/* Returns: (transfer floating). */
GVariant *helper_order_pack (const HelperOrder *self);
/* Errors: VNFM_ERROR_INVALID, VNFM_ERROR_LIMIT: the message is not what a machine may be. */
HelperOrder *helper_order_unpack (GVariant *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The fields of a "bridge". Errors: as above. */
gboolean helper_bridge_unpack (GVariant *body, char **name, char **address4, char **address6,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One message with its length in front; takes @body if it floats. */
GBytes *helper_message_pack (guint32 serial, const char *verb, GVariant *body);

/**
 * HelperReader:
 *
 * Puts messages together from whatever pieces they arrive in.
 */
typedef struct _HelperReader HelperReader;

HelperReader *helper_reader_new (void);
void helper_reader_free (HelperReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelperReader, helper_reader_free)
void helper_reader_feed (HelperReader *self, const void *data, gsize length);
/* Returns: (transfer full) (nullable): the next message, type "(usv)"; NULL without an error: it is not complete yet.
 * Errors: VNFM_ERROR_INVALID, VNFM_ERROR_LIMIT: this is no peer of ours. */
GVariant *helper_reader_next (HelperReader *self, GError **error);

G_END_DECLS

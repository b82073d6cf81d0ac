/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-profile.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * LocalApiSource:
 *
 * Who knows what the local API tells. Times are RFC 3339 in UTC; members that are not known are left out.
 *
 *   status      { version, profile, state, pid, started, store,
 *                 transports: [ { leg: "nfvo" or "ems", name, state } ], agents: N,
 *                 operations: { waiting: N, running: N, answering: N },
 *                 since-start: { accepted: N, repeated: N, answered: N, failed: N } }
 *   operation   { id, action, vnf, type, nsr, vnfr, state: "queued", "running", "answering" or "finished",
 *                 stage, doing: what it does or waits for in words, received, ended,
 *                 outcome: "ok", "error" or "null", error }
 *   ... in full  and besides { stages: [ { stage, started, ended } ],
 *                 steps: [ { name, began, ended, outcome: text } ],
 *                 waits: [ { for: "operation", "question", "machine", "step", "stage" or "delivery",
 *                            what: the operation, question, script or stage; host, addresses: [ text ],
 *                            since, allocated, state: what is known of it, output: its last lines } ] }
 *   vnf         { vnf, type, nsr, vnfr, running: id of an operation, action: of that, waiting: N,
 *                 machines: [ { host, state: text } ] }
 *   doctor      { now, status: as above, store-error,
 *                 folders: [ { use, path, free, size (bytes), error } ],
 *                 clock: { synchronized: boolean, if it can be told },
 *                 legs: [ { legs: [ "nfvo", "ems" ], name, state, error, error-code, address, connections,
 *                           queues: [ { destination, name, wanted, subscribed: booleans, readers: N } ] } ],
 *                 operations: as of "operations",
 *                 vnf: { vnf, vnfr, type, released: boolean, operation: in full, last: a finished operation,
 *                        machines: [ { host, addresses, state, advice, reads-commands: boolean,
 *                                      probe: facts (VnfmEms), probe-error, probe-error-code } ] } }
 *   plugin      { kind, name, version, state, reason, path, summary }
 */
#define LOCAL_API_TYPE_SOURCE (local_api_source_get_type ())
G_DECLARE_INTERFACE (LocalApiSource, local_api_source, LOCAL_API, SOURCE, GObject)

/* Which operations; LOCAL_API_OPEN are those that are not finished. */
typedef enum {
  LOCAL_API_RUNNING = 1 << 0, /* answering too */
  LOCAL_API_WAITING = 1 << 1,
  LOCAL_API_FINISHED = 1 << 2,
  LOCAL_API_OPEN = LOCAL_API_RUNNING | LOCAL_API_WAITING,
  LOCAL_API_ALL = LOCAL_API_OPEN | LOCAL_API_FINISHED,
} LocalApiFilter;

/**
 * LocalApiSourceInterface:
 * @get_status: the object above. Returns: (transfer full)
 * @get_operations: at most @limit, the newest first. @left_out: (out): how many more there are.
 *   Returns: (transfer full): an array
 * @get_operation_async: @id: a whole id or the beginning of one (see local_api_find_id())
 * @get_operation_finish: Returns: (transfer full): the object; errors: VNFM_ERROR_NOT_FOUND, VNFM_ERROR_INVALID (it
 *   begins several ids)
 * @get_vnfs: Returns: (transfer full): an array
 * @get_plugins: Returns: (transfer full): an array
 * @get_doctor_async: looks at the links of the chain; @vnf: (nullable): and at the machines of this VNF (its name, or
 *   the VNFR's id or the beginning of that), which takes some seconds where one does not answer
 * @get_doctor_finish: Returns: (transfer full): the object; errors: VNFM_ERROR_NOT_FOUND, VNFM_ERROR_INVALID (several
 *   VNFs are meant)
 */
struct _LocalApiSourceInterface {
  GTypeInterface parent_interface;

  JsonNode *(*get_status) (LocalApiSource *self);
  JsonNode *(*get_operations) (LocalApiSource *self, LocalApiFilter filter, guint limit, guint *left_out);
  void (*get_operation_async) (LocalApiSource *self, const char *id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
  JsonNode *(*get_operation_finish) (LocalApiSource *self, GAsyncResult *result, GError **error);
  JsonNode *(*get_vnfs) (LocalApiSource *self);
  JsonNode *(*get_plugins) (LocalApiSource *self);
  void (*get_doctor_async) (LocalApiSource *self, const char *vnf, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
  JsonNode *(*get_doctor_finish) (LocalApiSource *self, GAsyncResult *result, GError **error);
};

/* The id among @ids (element-type utf8) that is @id or, alone of all, begins with it. Returns: (transfer none).
 * Errors: VNFM_ERROR_NOT_FOUND, VNFM_ERROR_INVALID. */
const char *local_api_find_id (GPtrArray *ids, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * LocalApi:
 *
 * HTTP with JSON on a UNIX socket, for vnfmctl: GET /v1/status, /v1/operations[?state=&limit=], /v1/operations/ID,
 * /v1/vnfs, /v1/plugins, /v1/doctor[?vnf=]. It answers root, the user that runs this program, and the members of
 * [vnfmd] control-group.
 */
typedef struct _LocalApi LocalApi;

/* [vnfmd] control-socket and control-group. */
extern const VnfmKey local_api_keys[];

/* @group: (nullable): whose members may ask, too. @source: a reference is taken. */
LocalApi *local_api_new (const char *path, const char *group, LocalApiSource *source);
/* Makes the socket (mode 0660) and listens. A socket that a dead process left is removed; one that is alive is an
 * error. Errors: VNFM_ERROR_CONFIG (the group, the path), VNFM_ERROR_FAILED. */
gboolean local_api_start (LocalApi *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stops listening and removes the socket. */
void local_api_free (LocalApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LocalApi, local_api_free)

G_END_DECLS

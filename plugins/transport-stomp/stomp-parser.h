/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Frames out of a stream of bytes, however it is cut. */

#include "plugins/transport-stomp/stomp-frame.h"

G_BEGIN_DECLS

/**
 * StompLimits:
 * @headers: of one frame
 * @header_line: bytes of one header, its line end not counted
 * @header_bytes: of the command and all headers of one frame
 * @body: bytes of one body
 */
typedef struct {
  guint headers;
  gsize header_line;
  gsize header_bytes;
  gsize body;
} StompLimits;

typedef struct _StompParser StompParser;

StompParser *stomp_parser_new (const StompLimits *limits);
void stomp_parser_free (StompParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StompParser, stomp_parser_free)
/* For the frames to come. */
void stomp_parser_set_max_body (StompParser *self, gsize bytes);

/* Reads @data up to the end of one frame: *@consumed bytes. *@frame: (out) (nullable) (transfer full): that frame, or
 * NULL while it is not complete. After an error the stream has no meaning any more.
 * Errors: VNFM_ERROR_INVALID, VNFM_ERROR_LIMIT. */
gboolean stomp_parser_feed (StompParser *self, const guint8 *data, gsize length, gsize *consumed, StompFrame **frame,
                            GError **error);
/* The frame whose body is being read or was refused, to answer it by name. Returns: (nullable): borrowed. */
const StompFrame *stomp_parser_peek_frame (StompParser *self);
/* Memory that an unfinished frame takes. */
gsize stomp_parser_get_held (StompParser *self);

G_END_DECLS

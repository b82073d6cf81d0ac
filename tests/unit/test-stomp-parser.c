/* SPDX-License-Identifier: Apache-2.0 */
/* Frames out of a stream: the same ones however it is cut, and a word for each way to get one wrong. */
#include "config.h"

#include "plugins/transport-stomp/stomp-parser.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

static const StompLimits limits = { .headers = 8, .header_line = 64, .header_bytes = 256, .body = 100 };

/* Feeds @text in pieces of @piece bytes (0: of random sizes). Returns: what came out, in words. */
static char *
parse (const char *text, gsize length, gsize piece, GRand *rand, GError **error)
{
  g_autoptr (StompParser) parser = stomp_parser_new (&limits);
  GString *out = g_string_new (NULL);

  while (length > 0) {
    gsize wanted = piece > 0 ? piece : (gsize)g_rand_int_range (rand, 1, 9);
    gsize part = MIN (length, wanted);
    gsize left = part;
    while (left > 0) {
      StompFrame *frame = NULL;
      gsize consumed = 0;
      if (!stomp_parser_feed (parser, (const guint8 *)text, left, &consumed, &frame, error))
        return g_string_free (out, FALSE);
      ck_assert_uint_gt (consumed, 0);
      text += consumed;
      left -= consumed;
      if (frame == NULL)
        continue;
      g_string_append_printf (out, "%s", stomp_command_get_name (frame->command));
      for (guint i = 0; i < frame->n_headers; i++)
        g_string_append_printf (out, " %s=%s", frame->headers[i].name, frame->headers[i].value);
      g_string_append_c (out, '[');
      for (gsize i = 0; i < g_bytes_get_size (frame->body); i++) {
        char byte = ((const char *)g_bytes_get_data (frame->body, NULL))[i];
        g_string_append_c (out, byte != '\0' ? byte : '0');
      }
      g_string_append (out, "];");
      stomp_frame_free (frame);
    }
    length -= part;
  }
  return g_string_free (out, FALSE);
}

static const char stream[] = "\n\r\nCONNECT\naccept-version:1.2\nlogin:a\\b\n\n\0"
                             "\n\nSEND\r\ndestination:/queue/x\r\nk\\c1:v\\n2\\\\\r\nk\\c1:second\r\n\r\nhello\0\n"
                             "SEND\ncontent-length:5\n\na\0b\0c\0"
                             "SEND\ncontent-length:0\n\n\0"
                             "DISCONNECT\nreceipt:77\n\n\0";

START_TEST (any_cut_gives_the_same_frames)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = parse (stream, sizeof stream - 1, sizeof stream, rand, &error);

  ck_assert_no_error (error);
  ck_assert_str_eq (whole, "CONNECT accept-version=1.2 login=a\\b[];"
                           "SEND destination=/queue/x k:1=v\n2\\ k:1=second[hello];SEND content-length=5[a0b0c];"
                           "SEND content-length=0[];DISCONNECT receipt=77[];");
  for (gsize piece = 0; piece < 40; piece++) {
    g_autofree char *cut = parse (stream, sizeof stream - 1, piece, rand, &error);
    ck_assert_no_error (error);
    ck_assert_str_eq (cut, whole);
  }
}
END_TEST

START_TEST (of_a_repeated_header_the_first_counts)
{
  static const char text[] = "SEND\na:1\na:2\n\n\0";
  g_autoptr (StompParser) parser = stomp_parser_new (&limits);
  g_autoptr (StompFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  gsize consumed = 0;

  ck_assert (stomp_parser_feed (parser, (const guint8 *)text, sizeof text - 1, &consumed, &frame, &error));
  ck_assert_str_eq (stomp_frame_get (frame, "a"), "1");
  ck_assert_ptr_null (stomp_frame_get (frame, "b"));
}
END_TEST

START_TEST (what_makes_no_frame_says_why)
{
  static const struct {
    const char *text;
    gsize length;
    int code;
  } rows[] = {
#define ROW(text, code) { text, sizeof text - 1, code }
    ROW ("FLY\n\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\nno colon here\n\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\na:b\\t\n\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\ncontent-length:x\n\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\ncontent-length:-1\n\n\0", VNFM_ERROR_INVALID),
    ROW ("SEND\ncontent-length:2\n\nabc\0", VNFM_ERROR_INVALID),
    ROW ("SUBSCRIBE\nid:1\n\nbody\0", VNFM_ERROR_INVALID),
    ROW ("SEND\ncontent-length:101\n\n", VNFM_ERROR_LIMIT),
    ROW ("SEND\na:1\nb:1\nc:1\nd:1\ne:1\nf:1\ng:1\nh:1\ni:1\n\n\0", VNFM_ERROR_LIMIT),
    ROW ("SEND\na:0123456789012345678901234567890123456789012345678901234567890123456789\n\n\0", VNFM_ERROR_LIMIT),
#undef ROW
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize piece = 1; piece < 100; piece += 33) {
      g_autoptr (GError) error = NULL;
      g_autofree char *out = parse (rows[i].text, rows[i].length, piece, NULL, &error);
      ck_assert_msg (g_error_matches (error, VNFM_ERROR, rows[i].code), "%s: %s (%s)", rows[i].text,
                     error != NULL ? error->message : "no error", out);
    }
}
END_TEST

START_TEST (a_body_without_a_length_is_bounded_too)
{
  g_autoptr (GString) text = g_string_new ("SEND\n\n");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 200; i++)
    g_string_append_c (text, 'x');
  g_autofree char *out = parse (text->str, text->len, 7, NULL, &error);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT);
}
END_TEST

/* Random bytes: frames or an error, never anything else, and bounded memory. */
START_TEST (noise_harms_nobody)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int round = 0; round < 3000; round++) {
    g_autofree char *copy = g_memdup2 (stream, sizeof stream - 1);
    g_autoptr (GError) error = NULL;
    for (int i = 0; i < 3; i++)
      copy[g_rand_int_range (rand, 0, sizeof stream - 1)] = (char)g_rand_int_range (rand, 0, 256);
    g_autofree char *out = parse (copy, sizeof stream - 1, 0, rand, &error);
    ck_assert_msg (error == NULL || error->domain == VNFM_ERROR, "%s", out);
  }
}
END_TEST

static Suite *
stomp_parser_suite (void)
{
  Suite *suite = suite_create ("stomp-parser");
  TCase *tcase = tcase_create ("frames");

  tcase_add_test (tcase, any_cut_gives_the_same_frames);
  tcase_add_test (tcase, of_a_repeated_header_the_first_counts);
  tcase_add_test (tcase, what_makes_no_frame_says_why);
  tcase_add_test (tcase, a_body_without_a_length_is_bounded_too);
  tcase_add_test (tcase, noise_harms_nobody);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (stomp_parser_suite)

/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-nfvo enter": looks in the folders of running runs for the machine, and leaves the rest to the helper. A machine
 * is found by its host name, or by its VNF's name where that has one machine only. */
#include "config.h"

#include "core/nfvo/enter.h"

#include "core/nfvo/machines/cloud.h"
#include "core/nfvo/machines/namespace.h"
#include "core/nfvo/run-folder.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  const char *wanted;
  GPtrArray *all;     /* host names */
  GArray *exact;      /* int: process numbers of those that have the name */
  GArray *of_the_vnf; /* int: of those whose VNF has it */
} Search;

/* "web-4711" is a machine of the VNF "web". */
static gboolean
is_of_vnf (const char *hostname, const char *vnf)
{
  gsize length = strlen (vnf);

  return g_str_has_prefix (hostname, vnf) && hostname[length] == '-' && hostname[length + 1] != '\0' &&
         strspn (hostname + length + 1, "0123456789") == strlen (hostname + length + 1);
}

static void
look_at_machine (Search *search, const char *machines, const char *hostname)
{
  g_autofree char *path = g_build_filename (machines, hostname, NFVO_NAMESPACE_PID, NULL);
  g_autofree char *text = NULL;
  guint64 number;
  int pid;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, G_MAXINT, &number, NULL))
    return;
  pid = (int)number;
  g_ptr_array_add (search->all, g_strdup (hostname));
  if (g_str_equal (hostname, search->wanted))
    g_array_append_val (search->exact, pid);
  else if (is_of_vnf (hostname, search->wanted))
    g_array_append_val (search->of_the_vnf, pid);
}

static void
look_at_run (Search *search, const char *folder)
{
  g_autofree char *machines = g_build_filename (folder, "machines", NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  int lock = nfvo_run_folder_lock (folder);

  if (lock >= 0) { /* it was killed: its numbers mean nothing any more */
    close (lock);
    return;
  }
  dir = g_dir_open (machines, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    look_at_machine (search, machines, name);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static int
pick (const Search *search, GError **error)
{
  const GArray *found = search->exact->len > 0 ? search->exact : search->of_the_vnf;
  g_autofree char *names = NULL;

  if (found->len == 1)
    return g_array_index (found, int, 0);
  g_ptr_array_sort (search->all, by_name);
  g_ptr_array_add (search->all, NULL);
  names = g_strjoinv (", ", (char **)search->all->pdata);
  if (found->len > 1)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "\"%s\" may be several machines; there are: %s", search->wanted,
                 names);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "no namespace machine \"%s\" runs; there are: %s",
                 search->wanted, names[0] != '\0' ? names : "none");
  return 0;
}

int
nfvo_enter_find (const char *base, const char *hostname, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) exact = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) of_the_vnf = g_array_new (FALSE, FALSE, sizeof (int));
  Search search = { hostname, all, exact, of_the_vnf };
  g_autoptr (GPtrArray) runs = nfvo_run_folder_list (base);

  for (guint i = 0; i < runs->len; i++) {
    g_autofree char *folder = g_build_filename (base, g_ptr_array_index (runs, i), NULL);
    look_at_run (&search, folder);
  }
  return pick (&search, error);
}

int
nfvo_enter_main (int argc, char **argv)
{
  g_autofree char *state_dir = NULL;
  g_autofree char *base = NULL;
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &state_dir, "where the run made its folder", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("HOSTNAME [COMMAND...] - run a command in a namespace machine");
  g_autoptr (GError) error = NULL;
  int pid;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2) {
    g_printerr ("vnfm-nfvo enter: %s; see vnfm-nfvo enter --help\n", error != NULL ? error->message : "name a machine");
    return NFVO_EXIT_USAGE;
  }
  base = nfvo_run_folder_dup_base (state_dir);
  pid = nfvo_enter_find (base, argv[1], &error);
  if (pid != 0)
    nfvo_cloud_enter_machine (pid, argv + 2, &error);
  g_printerr ("vnfm-nfvo: %s\n", error->message);
  return NFVO_EXIT_FAILED;
}

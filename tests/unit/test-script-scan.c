/* SPDX-License-Identifier: Apache-2.0 */
/* Which variables a script reads: each row is a piece of a script, what it wants, with the line, and what it sources.
 */
#include "config.h"

#include "core/package/script-scan.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

typedef struct {
  const char *text;
  const char *wants; /* "A:1 B:2": read, and neither assigned, tested nor with a default */
  const char *sources;
} Row;

static const Row shell[] = {
  { "echo $A ${B}\n", "A:1 B:1", "" },
  { "echo \"$A ${B}x\"\n", "A:1 B:1", "" },
  { "echo '$A' \\$B \"\\$C\"\n", "", "" },
  { "# $A\necho a#$B # $C\n", "B:2", "" },
  { "echo $1 $@ $* $# $? $! $$ $- $0 ${1} ${#} ${@}\n", "", "" },
  { "echo $1A ${A}B $A-B $A.B\n", "A:1", "" },
  { "A=1\necho $A\n", "", "" },
  { "echo $A\nA=1\n", "", "" },
  { "A=1 B=$C command $D\n", "C:1 D:1", "" },
  { "A+=x; echo $A\nB[1]=x; echo ${B[1]}\n", "", "" },
  { "A=(a b)\necho ${A[@]} ${#A[@]} ${A[0]}\n", "", "" },
  { "echo A=1 $A\n", "A:1", "" },
  { "echo ${A:-x} ${B-x} ${C:=x} ${D=x} ${E:+x} ${F+x}\n", "", "" },
  { "echo ${A:?x} ${B?x} ${C%.*} ${D##*/} ${E/x/y} ${#F} ${!G}\n", "A:1 B:1 C:1 D:1 E:1 F:1 G:1", "" },
  { "echo ${A:-$B} ${C:-${D:-$E}}\n", "B:1 E:1", "" },
  { "echo ${A//\\}/x} ${B%\"}\"} $C\n", "A:1 B:1 C:1", "" },
  { "[ -z \"$A\" ] && exit 1; [ -n \"$B\" ] || exit; echo $A $B\n", "", "" },
  { "if [ ! $A ]; then exit; fi; echo $A\n", "", "" },
  { "[ \"$A\" = x ]\n", "A:1", "" },
  { "for i in $A; do echo $i; done; for j\ndo echo $j; done\n", "A:1", "" },
  { "for ((i=0; i<$A; i++)); do echo $i; done\n", "A:1", "" },
  { "((a += 1, b++)); echo $a $b $((c + $d)) $c\n", "d:1 c:1", "" },
  { "while IFS=: read -r a b; do echo $a $b; done < $C\n", "C:1", "" },
  { "echo please read this; echo $this\n", "this:1", "" },
  { "f() {\n  local a=$1 b\n  declare c; echo $a $b $c $d\n}\n", "d:3", "" },
  { "export A B=1; echo $A $B\n", "A:1", "" },
  { "export A=\"$B\"; echo $A\n", "B:1", "" },
  { "readonly A=1; typeset -i b=2; printf -v c %s x; mapfile -t d; getopts ab e; echo $A $b $c $d $e\n", "", "" },
  { "A=$(echo $B | sed \"s/$C/'/\"); echo $A $D\n", "B:1 C:1 D:1", "" },
  { "A=`echo \"$B\"`; echo \"`echo $C`\" $A\n", "B:1 C:1", "" },
  { "A=\"$(cat \"$B\")\"; echo \"it's $A\" $C\n", "B:1 C:1", "" },
  { "echo \"$(echo \"$(echo \"$A\")\")\" '$B' $C\n", "A:1 C:1", "" },
  { "(cd $A; B=1); echo $B\n", "A:1", "" },
  { "case $A in\n  x) B=1 ;;\n  *) echo $C ;;\nesac\necho $B\n", "A:1 C:3", "" },
  { "cat <<EOF\n$A '$B' \"$C\" \\$D ${E:-x}\nEOF\necho $F\n", "A:2 B:2 C:2 F:4", "" },
  { "cat <<'EOF' > $A\n$B\nEOF\necho $C\n", "A:1 C:4", "" },
  { "cat <<-\"EOF\"\n\t$B\n\tEOF\necho $C\n", "C:4", "" },
  { "cat <<\\EOF; echo $A\n$B\nEOF\n", "A:1", "" },
  { "cat <<A <<'B'\n$C\nA\n$D\nB\necho $E\n", "C:2 E:6", "" },
  { "read a <<< $B; echo $a\n", "B:1", "" },
  { "cat <<EOF\n`echo $A` $(echo \"$B\")\n", "", "" },
  { "echo $'it\\'s $A' $B\n", "B:1", "" },
  { "echo $\"$A\"\n", "A:1", "" },
  { "echo a \\\n  $A\n", "A:2", "" },
  { "eval \"echo \\$A\"; trap 'echo $B' EXIT\n", "", "" },
  { "awk '{ print $x }' \"$A\" | awk \"{ print \\$1, $B }\"\n", "A:1 B:1", "" },
  { "sudo A=1 env B=2 sh -c \"$C\"; echo $A $B\n", "C:1", "" },
  { "echo $A\r\nB=1\r\necho $B\r\n", "A:1", "" },
  { ". ./a.sh; source \"$X/b.sh\"; . $(dirname $0)/c.sh\n", "X:1", "./a.sh \"$X/b.sh\" $()/c.sh" },
  { "[ -f x ] && . x || echo source y\n", "", "x" },
  { "echo \"unclosed $A\n$B\n", "A:1 B:2", "" },
  { "echo ${A\n", "A:1", "" },
  { "echo $(\n", "", "" },
  { "echo ${", "", "" },
  { "echo $", "", "" },
  { "echo \\", "", "" },
  { "cat <<", "", "" },
  { "echo ) } ` ' $A", "", "" },
};

static const Row python[] = {
  { "import os\nprint(os.environ['A'], os.environ[\"B\"])\n", "A:2 B:2", "" },
  { "os.environ['A'] = 'x'\nprint(os.environ['A'])\n", "", "" },
  { "if os.environ['A'] == 'x': pass\n", "A:1", "" },
  { "os.environ.get('A'); os.getenv('B'); os.environ.get('C', ''); os.getenv( 'D' , None)\n", "A:1 B:1", "" },
  { "if 'A' in os.environ: print(os.environ['A'])\nif 'B' not in environ: pass\nenviron['B']\n", "", "" },
  { "# os.environ['A']\nx = '$B'\n", "", "" },
};

static char *
describe (NfvoScan *scan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < scan->readings->len; i++) {
    const NfvoReading *reading = scan->readings->pdata[i];
    if (!g_hash_table_contains (scan->known, reading->name))
      g_string_append_printf (text, "%s%s:%u", text->len > 0 ? " " : "", reading->name, reading->line);
  }
  return g_string_free (text, FALSE);
}

static void
check_row (const Row *row, void (*scan_text) (NfvoScan *scan, const char *text, gsize length))
{
  g_autoptr (NfvoScan) scan = nfvo_scan_new ();
  /* Of exactly its length, so that valgrind sees what is read behind it. */
  gsize length = strlen (row->text);
  g_autofree char *text = g_memdup2 (row->text, length);

  scan_text (scan, text, length);
  g_autofree char *wants = describe (scan);
  g_ptr_array_add (scan->sources, NULL);
  g_autofree char *sources = g_strjoinv (" ", (char **)scan->sources->pdata);
  ck_assert_msg (g_str_equal (wants, row->wants), "%s: found \"%s\", not \"%s\"", row->text, wants, row->wants);
  ck_assert_msg (g_str_equal (sources, row->sources), "%s: sources \"%s\"", row->text, sources);
}

START_TEST (shell_row)
{
  check_row (&shell[_i], nfvo_scan_shell);
}
END_TEST

START_TEST (python_row)
{
  check_row (&python[_i], nfvo_scan_python);
}
END_TEST

/* However a script is cut, and however deep it nests, scanning ends. */
START_TEST (any_text_ends)
{
  static const char *const pieces[] = { "$(", "\"", "`", "${A:-", "((", "<<E\n", "'", "\\", "(", "$((" };

  for (guint i = 0; i < G_N_ELEMENTS (shell); i++) {
    for (gsize length = 0; length < strlen (shell[i].text); length++) {
      g_autoptr (NfvoScan) scan = nfvo_scan_new ();
      g_autofree char *text = g_memdup2 (shell[i].text, length);
      nfvo_scan_shell (scan, text, length);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (pieces); j++) {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (NfvoScan) scan = nfvo_scan_new ();
      for (guint k = 0; k < 500; k++)
        g_string_append_printf (text, "%s%s$B ", pieces[i], pieces[j]);
      nfvo_scan_shell (scan, text->str, text->len);
      ck_assert_uint_le (scan->readings->len, 2);
    }
  }
}
END_TEST

START_TEST (languages)
{
  static const struct {
    const char *name;
    const char *text;
    NfvoLanguage language;
  } rows[] = {
    { "a.sh", "echo", NFVO_SCRIPT_SHELL },
    { "a", "", NFVO_SCRIPT_SHELL },
    { "a.py", "import os", NFVO_SCRIPT_PYTHON },
    { "a.py", "#!/bin/sh\n", NFVO_SCRIPT_SHELL },
    { "a", "#!/bin/bash -e\r\n", NFVO_SCRIPT_SHELL },
    { "a", "#! /usr/bin/env python3\n", NFVO_SCRIPT_PYTHON },
    { "a.sh", "#!/usr/bin/env -S A=1 python2.7 -u\n", NFVO_SCRIPT_PYTHON },
    { "a.sh", "#!/usr/bin/perl\n", NFVO_SCRIPT_OTHER },
    { "a.sh", "#!", NFVO_SCRIPT_SHELL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    ck_assert_msg (nfvo_script_guess_language (rows[i].name, rows[i].text, strlen (rows[i].text)) == rows[i].language,
                   "row %u", i);
  ck_assert_int_eq (nfvo_script_guess_language ("a.sh", "\177ELF\0", 5), NFVO_SCRIPT_OTHER);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("script-scan");
  TCase *scanning = tcase_create ("scanning");

  tcase_add_loop_test (scanning, shell_row, 0, G_N_ELEMENTS (shell));
  tcase_add_loop_test (scanning, python_row, 0, G_N_ELEMENTS (python));
  tcase_add_test (scanning, any_text_ends);
  tcase_add_test (scanning, languages);
  suite_add_tcase (s, scanning);
  return s;
}

VNFM_TEST_MAIN (suite)

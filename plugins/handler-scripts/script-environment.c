/* SPDX-License-Identifier: Apache-2.0 */
/* Which environment a script sees: the VNFC's own, what the request says, what its source provides; the later wins.
 * protocol/openbaton.md, D.0, D.2, D.5, D.6. */
#include "config.h"

#include "plugins/handler-scripts/script-environment.h"

void
script_inputs_read (ScriptInputs *self, VnfmEvent event, VnfmMessage *request)
{
  if (request == NULL)
    return;
  if (event == VNFM_EVENT_HEAL)
    self->cause = vnfm_message_dup_string (request, "cause");
  if (event != VNFM_EVENT_SCALE_IN)
    return;
  g_autoptr (GBytes) text = vnfm_message_dup_member (request, "vnfcInstance");
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    self->removed = vnfm_vnfc_new_from_json (json_node_get_object (node), NULL, NULL);
}

void
script_inputs_clear (ScriptInputs *self)
{
  g_clear_pointer (&self->cause, g_free);
  g_clear_pointer (&self->removed, vnfm_vnfc_unref);
}

static void
set_removing (VnfmEnvironment *environment, const char *name, const char *suffix, const char *value)
{
  g_autofree char *full = g_strconcat ("removing_", name, suffix, NULL);

  vnfm_environment_set (environment, full, value);
}

static void
add_removed (VnfmEnvironment *environment, const VnfmVnfc *removed)
{
  for (guint i = 0; i < removed->ips->len; i++) {
    const VnfmAddress *ip = removed->ips->pdata[i];
    set_removing (environment, ip->network, "", ip->address);
  }
  for (guint i = 0; i < removed->floating_ips->len; i++) {
    const VnfmAddress *ip = removed->floating_ips->pdata[i];
    set_removing (environment, ip->network, "_floatingIp", ip->address);
  }
  set_removing (environment, "hostname", "", removed->hostname);
}

VnfmEnvironment *
script_environment_new (VnfmRecord *record, VnfmVnfc *vnfc, const ScriptInputs *inputs, VnfmDependency *dependency,
                        const char *type, const char *instance)
{
  VnfmEnvironment *environment = vnfm_environment_new_for_vnfc (record, vnfc);

  vnfm_environment_set (environment, "cause", inputs->cause);
  if (inputs->removed != NULL)
    add_removed (environment, inputs->removed);
  if (type != NULL)
    vnfm_environment_add_dependency (environment, dependency, type, instance);
  return environment;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/sqlite-fault.h"

#include <errno.h>
#include <sqlite3.h>

typedef struct {
  sqlite3_file base;
  sqlite3_file *real; /* behind this struct */
} FaultFile;

static sqlite3_vfs fault_vfs;
static sqlite3_vfs *real_vfs;

static GMutex lock;
static GCond changed;
static gboolean full, sync_error, hold, held; /* under lock */
static guint syncs, failures;                 /* under lock */

#define REAL(file) (((FaultFile *)(file))->real)

static int
fault_close (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
fault_read (sqlite3_file *file, void *data, int amount, sqlite3_int64 offset)
{
  return REAL (file)->pMethods->xRead (REAL (file), data, amount, offset);
}

static int
fault_write (sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
  g_mutex_lock (&lock);
  gboolean fails = full;
  failures += fails ? 1 : 0;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  return fails ? SQLITE_FULL : REAL (file)->pMethods->xWrite (REAL (file), data, amount, offset);
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return REAL (file)->pMethods->xTruncate (REAL (file), size);
}

static int
fault_sync (sqlite3_file *file, int flags)
{
  g_mutex_lock (&lock);
  syncs++;
  gboolean fails = sync_error;
  held = hold;
  g_cond_broadcast (&changed);
  while (hold)
    g_cond_wait (&changed, &lock);
  held = FALSE;
  g_mutex_unlock (&lock);
  if (!fails)
    return REAL (file)->pMethods->xSync (REAL (file), flags);
  errno = EIO;
  return SQLITE_IOERR_FSYNC;
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return REAL (file)->pMethods->xFileSize (REAL (file), size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xLock (REAL (file), level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *out)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), out);
}

static int
fault_file_control (sqlite3_file *file, int op, void *arg)
{
  return REAL (file)->pMethods->xFileControl (REAL (file), op, arg);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
fault_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  return REAL (file)->pMethods->xShmMap (REAL (file), page, size, extend, out);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
fault_shm_unmap (sqlite3_file *file, int delete)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), delete);
}

static const sqlite3_io_methods fault_methods = {
  .iVersion = 2,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
};

static int
fault_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultFile *self = (FaultFile *)file;

  self->real = (sqlite3_file *)(gpointer)(self + 1);
  int code = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  self->base.pMethods = self->real->pMethods != NULL ? &fault_methods : NULL;
  return code;
}

void
sqlite_fault_install (void)
{
  if (real_vfs != NULL)
    return;
  real_vfs = sqlite3_vfs_find (NULL);
  fault_vfs = *real_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.pNext = NULL;
  fault_vfs.szOsFile = (int)sizeof (FaultFile) + real_vfs->szOsFile;
  fault_vfs.xOpen = fault_open;
  sqlite3_vfs_register (&fault_vfs, 1);
}

static void
set (gboolean *what, gboolean value)
{
  g_mutex_lock (&lock);
  *what = value;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

void
sqlite_fault_set_full (gboolean value)
{
  g_mutex_lock (&lock);
  full = value;
  failures = 0;
  g_mutex_unlock (&lock);
}

void
sqlite_fault_set_sync_error (gboolean value)
{
  set (&sync_error, value);
}

void
sqlite_fault_hold (void)
{
  set (&hold, TRUE);
}

void
sqlite_fault_wait_held (void)
{
  g_mutex_lock (&lock);
  while (!held)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

void
sqlite_fault_let_go (void)
{
  set (&hold, FALSE);
}

void
sqlite_fault_wait_failure (void)
{
  g_mutex_lock (&lock);
  while (failures == 0)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

guint
sqlite_fault_get_syncs (void)
{
  g_mutex_lock (&lock);
  guint count = syncs;
  g_mutex_unlock (&lock);
  return count;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/result.h"

namespace weir::catalog {

enum class CatalogErrc {
    kInUse,     ///< Another process has the data folder; the message names it.
    kForeign,   ///< The folder or the file belongs to something else; nothing was changed.
    kNewer,     ///< Written by a later Weir; nothing was changed.
    kDamaged,   ///< The file cannot be read as a database.
    kUnusable,  ///< The folder cannot be made, read or written.
    kDiskFull,  ///< Nothing was changed; the same call succeeds once there is room.
    kIo,        ///< The disk failed.
    kConflict,  ///< The name is taken.
    kNotFound,
    kBusy,  ///< Too much is waiting to be written.
    kStopped,
};
using CatalogError = Error<CatalogErrc>;
template <class T>
using CatalogResult = Result<T, CatalogError>;

}  // namespace weir::catalog

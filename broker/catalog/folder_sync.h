// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "broker/catalog/errors.h"

namespace weir::catalog {

/// The names in the folder are on the disk when this returns. Errors: kIo.
CatalogResult<void> syncFolder(const std::filesystem::path& folder);

}  // namespace weir::catalog

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/cluster/cluster.h"
#include "ui/backend/records.h"

namespace weir::app {

/// More than this is no clipboard's business but an export's.
inline constexpr std::size_t kMaxCopiedBytes = std::size_t{64} << 20;

/// Whole records as text, in the given order, a line each. As text: partition, offset, time in UTC, key, value and
/// headers between tabs, with tabs and line ends inside written \\t and \\n. As JSON: the lines that an export writes.
/// A key or a value alone stands as it is; bytes that are no UTF-8 stand as `base64:…`. Blocking; workers only.
ClusterResult<QString> copyRecords(Cluster& cluster, const std::vector<ui::RowAddress>& rows, ui::CopyForm form);

}  // namespace weir::app

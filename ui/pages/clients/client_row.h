// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/backend/backend.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

/// One connection as the list shows it, with rates made from two snapshots.
struct ClientRow {
    ConnectionSnapshot now;
    double bytesInRate = 0;
    double bytesOutRate = 0;

    [[nodiscard]] std::uint64_t key() const { return now.id; }
    bool operator==(const ClientRow& other) const {
        return now.id == other.now.id && now.requests == other.now.requests && now.clientId == other.now.clientId &&
               now.softwareName == other.now.softwareName && bytesInRate == other.bytesInRate &&
               bytesOutRate == other.bytesOutRate;
    }
};

std::vector<KeyedColumn<ClientRow>> clientColumns();

/// Sorted by id; rates against `before`, which may be empty.
std::vector<ClientRow> clientRows(const Snapshot& now, const Snapshot& before);

}  // namespace weir::ui

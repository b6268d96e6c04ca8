// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/operations.h"

#include <algorithm>

namespace weir {

void addPlaces(TransactionInfo& info, const std::vector<TransactionPlace>& open) {
    for (const TransactionPlace& place : open) {
        const auto known = std::find_if(info.places.begin(), info.places.end(),
                                        [&place](const auto& each) { return each.partition == place.partition; });
        if (known != info.places.end()) {
            *known = place;
        } else {
            info.places.push_back(place);
        }
    }
}

}  // namespace weir

// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group_view.h"

namespace weir::groups {

std::string_view typeName(GroupType type) {
    switch (type) {
        case GroupType::kClassic:
            return "classic";
        case GroupType::kConsumer:
            return "consumer";
        case GroupType::kShare:
            return "share";
        case GroupType::kStreams:
            return "streams";
    }
    return "unknown";
}

std::string_view stateName(GroupState state) {
    switch (state) {
        case GroupState::kUnknown:
            break;
        case GroupState::kEmpty:
            return "Empty";
        case GroupState::kPreparingRebalance:
            return "PreparingRebalance";
        case GroupState::kCompletingRebalance:
            return "CompletingRebalance";
        case GroupState::kAssigning:
            return "Assigning";
        case GroupState::kReconciling:
            return "Reconciling";
        case GroupState::kNotReady:
            return "NotReady";
        case GroupState::kStable:
            return "Stable";
        case GroupState::kDead:
            return "Dead";
    }
    return "Unknown";
}

}  // namespace weir::groups

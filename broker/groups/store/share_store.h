// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/groups/store/group_store.h"

namespace weir::groups {

/// One partition of one share group, as it outlives the broker.
struct ShareState {
    std::string groupId;
    TopicId topicId;
    PartitionId partition;
    Offset start;
    Bytes ranges;  // of delivery_ranges.h
};

/// The disk of the share groups' delivery states. Thread safe; writes become durable and are answered in the order of
/// the calls, answers come from any thread, also from inside the call. Removing a group from the GroupStore takes its
/// delivery states with it.
class ShareStore {
public:
    using Loaded = Result<std::vector<ShareState>, Error<StoreErrc>>;

    virtual ~ShareStore() = default;
    /// Reads on the calling thread.
    [[nodiscard]] virtual Loaded load() = 0;
    virtual void write(ShareState state, Completion<StoreStatus> done) = 0;
    /// The group's state of these topics.
    virtual void remove(std::string groupId, std::vector<TopicId> topics, Completion<StoreStatus> done) = 0;
};

}  // namespace weir::groups

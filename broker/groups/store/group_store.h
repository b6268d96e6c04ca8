// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/groups/completion.h"
#include "broker/groups/group_view.h"
#include "broker/model/ids.h"

namespace weir::groups {

enum class StoreErrc { kFailed };
using StoreStatus = Result<void, Error<StoreErrc>>;

/// An offset that a producer's transaction will commit, or not.
struct StagedOffset {
    ProducerId producerId;
    StoredOffset offset;
};

/// A transaction ends: what its producer has staged in the group becomes committed, or goes.
struct StagedEnd {
    ProducerId producerId;
    bool isCommit = false;
};

/// One atomic change of one group: all of it is durable or none of it.
/// `removeGroup` takes the group's record and every offset with it and comes before the puts.
struct StoreBatch {
    std::string groupId;
    bool removeGroup = false;
    std::vector<StoredOffset> putOffsets;
    std::vector<TopicPartition> removeOffsets;
    std::optional<Bytes> putRecord;  // bytes of group_record.h
    std::vector<StagedOffset> stageOffsets;
    std::optional<StagedEnd> endStaged;
};

struct StoredGroup {
    std::string groupId;
    std::optional<Bytes> record;  // none: the group only has offsets
    std::vector<StoredOffset> offsets;
    std::vector<StagedOffset> staged;
};

/// The coordinator's disk. Owned by the caller, outlives the GroupManager. Thread safe.
/// Batches of one group become durable, and are answered, in the order of `write`; an implementation is expected to put
/// many of them into one transaction. Answers come from any thread, also from inside `write`, and come always: when
/// the store shuts down what it did not write is answered with an error.
class GroupStore {
public:
    using Loaded = Result<std::vector<StoredGroup>, Error<StoreErrc>>;

    virtual ~GroupStore() = default;
    virtual void load(Completion<Loaded> done) = 0;
    virtual void write(StoreBatch batch, Completion<StoreStatus> done) = 0;
};

}  // namespace weir::groups

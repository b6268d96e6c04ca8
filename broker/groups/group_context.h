// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/groups/completion.h"
#include "broker/groups/group_options.h"
#include "broker/groups/group_settings.h"
#include "broker/groups/store/group_store.h"
#include "broker/groups/topic_directory.h"
#include "broker/model/ids.h"

namespace weir::groups {

class Group;

/// All that a group may ask of its surroundings. Used under the group's lock only; implemented by GroupCell.
class GroupContext {
public:
    /// The group that wrote, or nullptr when it has been deleted or replaced meanwhile; and whether it is durable.
    using Written = Completion<Group*, bool>;

    virtual ~GroupContext() = default;

    [[nodiscard]] virtual const std::string& groupId() const = 0;
    [[nodiscard]] virtual const GroupOptions& options() const = 0;
    /// The group's own, as they are now.
    [[nodiscard]] virtual config::GroupConfig settings() const = 0;
    [[nodiscard]] virtual const TopicDirectory& topics() const = 0;
    [[nodiscard]] virtual const Logger& log() const = 0;
    [[nodiscard]] virtual Clock::Steady now() const = 0;
    [[nodiscard]] virtual Timestamp wallNow() const = 0;
    [[nodiscard]] virtual std::string newUuid() = 0;

    /// Runs `effect` once the lock is released, after every effect emitted before it.
    virtual void emit(Completion<> effect) = 0;
    /// Gives the batch (its groupId is filled in) to the store, in turn with the other effects; `done` runs locked.
    virtual void write(StoreBatch batch, Written done) = 0;
    /// onTime is called no later than `deadline`.
    virtual void wakeBy(Clock::Steady deadline) = 0;
    /// Something that can be seen has changed.
    virtual void changed() = 0;
    /// Puts another group in the place of the calling one, which is destroyed when the lock is released.
    virtual void replaceBy(std::unique_ptr<Group> group) = 0;

    /// Answers a parked or fresh request after the lock is released.
    template <class Response>
    void answer(Completion<Response> done, Response response) {
        emit([done = std::move(done), response = std::move(response)]() mutable { done(std::move(response)); });
    }
};

}  // namespace weir::groups

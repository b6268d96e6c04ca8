// SPDX-License-Identifier: GPL-3.0-or-later
// Administration of topics, settings and groups by the application: the same services that the handlers use.
#include <future>
#include <utility>

#include "broker/api/cluster_errors.h"
#include "broker/api/config_entries.h"
#include "broker/api/embedded_broker.h"

namespace weir::api {

namespace {

ClusterResult<void> answer(const topics::TopicResult<void>& done) {
    if (!done) {
        return fail(clusterError(done.error()));
    }
    return {};
}

/// Moves the starts of a share group, which stand where other groups have commits; no start is one that is set anew by
/// the group's own rule.
groups::GroupErrc moveStarts(server::Services& services, const std::string& group,
                             const std::vector<OffsetChange>& changes) {
    auto error = services.groups.checkIdleShareGroup(group);
    for (const OffsetChange& change : changes) {
        const auto facts = services.topicFacts.byName(change.partition.topic);
        if (error != groups::GroupErrc::kNone || !facts) {
            continue;
        }
        std::promise<groups::GroupErrc> done;
        const auto tell = [&done](groups::GroupErrc answered) { done.set_value(answered); };
        if (!change.offset) {
            services.shares.removeTopic(group, facts->id, tell);
        } else if (const auto share =
                       services.shares.findOrCreate({group, facts->id, change.partition.partition}, *change.offset)) {
            share->moveTo(*change.offset, tell);
        } else {
            tell(groups::GroupErrc::kCoordinatorNotAvailable);
        }
        error = done.get_future().get();
    }
    return error;
}

topics::Mode modeOf(bool validateOnly) {
    return validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply;
}

/// Waits for a coordinator's completion; an error becomes a ClusterError with `message`.
ClusterResult<void> answer(groups::GroupErrc error, std::string message) {
    if (error != groups::GroupErrc::kNone) {
        return fail(clusterError(error, std::move(message)));
    }
    return {};
}

/// For the message of a refusal: who keeps the group from being Empty.
std::string membersOf(const groups::DescribedGroup& group) {
    std::string text;
    for (const auto& member : group.members) {
        text += (text.empty() ? "" : ", ") + member.clientId + " (" + member.clientHost.substr(1) + ")";
    }
    return text;
}

std::string nonEmptyMessage(const groups::GroupManager& groups, const std::string& group, groups::GroupErrc error) {
    if (error != groups::GroupErrc::kNonEmptyGroup) {
        return {};
    }
    return "Group '" + group + "' has active members: " + membersOf(groups.describeGroup(group)) + ". Stop them first.";
}

}  // namespace

ClusterResult<void> EmbeddedBroker::createTopic(const NewTopic& topic) {
    return running([&]() -> ClusterResult<void> {
        const auto created = services().topics.create({topic}, topics::Mode::kApply);
        if (!created.front()) {
            return fail(clusterError(created.front().error()));
        }
        return {};
    });
}

ClusterResult<void> EmbeddedBroker::deleteTopic(const std::string& name) {
    return running([&] { return answer(services().topics.remove(name)); });
}

ClusterResult<void> EmbeddedBroker::undeleteTopic(const std::string& name) {
    return running([&]() -> ClusterResult<void> {
        const auto back = services().topics.undelete(name);
        if (!back) {
            return fail(clusterError(back.error()));
        }
        std::map<std::string, std::vector<groups::StoredOffset>> commits;
        for (const auto& each : back->offsets) {
            commits[each.groupId].push_back({each.offset.committed, each.offset.expireAt});
        }
        for (auto& [group, offsets] : commits) {
            services().groups.topicRestored(group, std::move(offsets), [](groups::GroupErrc) {});
        }
        return {};
    });
}

ClusterResult<void> EmbeddedBroker::addPartitions(const std::string& topic, std::int32_t total) {
    return running([&] { return answer(services().topics.addPartitions(topic, total, topics::Mode::kApply)); });
}

ClusterResult<std::vector<ConfigEntry>> EmbeddedBroker::describeTopicConfig(const std::string& topic) {
    return running([&]() -> ClusterResult<std::vector<ConfigEntry>> {
        if (topic.empty()) {
            return toEntries(services().topics.describeOverrides({}));
        }
        const auto described = services().topics.describeTopicConfig(topic);
        if (!described) {
            return fail(clusterError(described.error()));
        }
        return toEntries(*described);
    });
}

ClusterResult<std::vector<ConfigEntry>> EmbeddedBroker::describeBrokerConfig() {
    return running([&]() -> ClusterResult<std::vector<ConfigEntry>> {
        return toEntries(services().topics.describeBrokerConfig());
    });
}

ClusterResult<void> EmbeddedBroker::alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                                     bool validateOnly) {
    return running(
        [&] { return answer(services().topics.alterTopic(topic, toAlterations(changes), modeOf(validateOnly))); });
}

ClusterResult<void> EmbeddedBroker::alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) {
    return running([&] {
        return answer(
            services().topics.alterBroker(catalog::ConfigScope::kBroker, toAlterations(changes), modeOf(validateOnly)));
    });
}

ClusterResult<void> EmbeddedBroker::alterGroupOffsets(const std::string& group,
                                                      const std::vector<OffsetChange>& changes) {
    return running([&]() -> ClusterResult<void> {
        if (services().groups.hasShareGroup(group)) {
            const auto error = moveStarts(services(), group, changes);
            return answer(error, nonEmptyMessage(services().groups, group, error));
        }
        groups::SetOffsetsRequest set;
        groups::OffsetDeleteRequest removal;
        set.groupId = group;
        removal.groupId = group;
        for (const OffsetChange& change : changes) {
            if (change.offset) {
                set.offsets.push_back({change.partition, *change.offset, kNoLeaderEpoch, ""});
            } else {
                removal.partitions.push_back(change.partition);
            }
        }
        std::promise<groups::GroupErrc> wasSet;
        services().groups.setOffsets(std::move(set), [&](groups::GroupErrc error) { wasSet.set_value(error); });
        const groups::GroupErrc error = wasSet.get_future().get();
        if (error != groups::GroupErrc::kNone || removal.partitions.empty()) {
            return answer(error, nonEmptyMessage(services().groups, group, error));
        }
        std::promise<groups::OffsetDeleteResponse> removed;
        services().groups.deleteOffsets(
            std::move(removal), [&](groups::OffsetDeleteResponse response) { removed.set_value(std::move(response)); });
        const auto response = removed.get_future().get();
        return answer(response.error, nonEmptyMessage(services().groups, group, response.error));
    });
}

ClusterResult<void> EmbeddedBroker::deleteGroup(const std::string& group) {
    return running([&]() -> ClusterResult<void> {
        const bool isShare = services().groups.hasShareGroup(group);
        std::promise<groups::GroupErrc> deleted;
        services().groups.deleteGroup(group, [&](groups::GroupErrc error) { deleted.set_value(error); });
        const groups::GroupErrc error = deleted.get_future().get();
        if (isShare && error == groups::GroupErrc::kNone) {
            services().shares.groupDeleted(group);
        }
        return answer(error, nonEmptyMessage(services().groups, group, error));
    });
}

ClusterResult<void> EmbeddedBroker::removeMember(const std::string& group, const std::string& memberId) {
    return running([&] { return answer(services().groups.removeMember(group, memberId), {}); });
}

}  // namespace weir::api

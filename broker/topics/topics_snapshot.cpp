// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/model/topic_name.h"
#include "broker/topics/topic.h"

namespace weir::topics {

namespace {

bool nameBefore(const TopicPtr& a, const TopicPtr& b) {
    return a->name < b->name;
}
bool idBefore(const TopicPtr& a, const TopicPtr& b) {
    return a->id < b->id;
}

}  // namespace

TopicsSnapshot::TopicsSnapshot(std::vector<TopicPtr> topics) : m_byName(std::move(topics)) {
    std::sort(m_byName.begin(), m_byName.end(), nameBefore);
    m_byId = m_byName;
    std::sort(m_byId.begin(), m_byId.end(), idBefore);
}

TopicPtr TopicsSnapshot::byName(std::string_view name) const {
    const auto at =
        std::lower_bound(m_byName.begin(), m_byName.end(), name,
                         [](const TopicPtr& topic, std::string_view wanted) { return topic->name < wanted; });
    return at != m_byName.end() && (*at)->name == name ? *at : nullptr;
}

TopicPtr TopicsSnapshot::byId(const TopicId& id) const {
    const auto at = std::lower_bound(m_byId.begin(), m_byId.end(), id,
                                     [](const TopicPtr& topic, const TopicId& wanted) { return topic->id < wanted; });
    return at != m_byId.end() && (*at)->id == id ? *at : nullptr;
}

std::shared_ptr<Partition> TopicsSnapshot::partition(std::string_view topic, PartitionId partition) const {
    const TopicPtr found = byName(topic);
    return found ? found->partition(partition) : nullptr;
}

TopicPtr TopicsSnapshot::colliding(std::string_view name) const {
    // Only names with one of the two characters can collide, and those are few: a scan is fine for creations.
    if (name.find_first_of("._") == std::string_view::npos) {
        return nullptr;
    }
    const auto at = std::find_if(m_byName.begin(), m_byName.end(), [&](const TopicPtr& topic) {
        return topic->name != name && topicNamesCollide(topic->name, name);
    });
    return at == m_byName.end() ? nullptr : *at;
}

std::shared_ptr<const TopicsSnapshot> TopicsSnapshot::with(const std::vector<TopicPtr>& added,
                                                           const std::vector<std::string>& removed) const {
    const auto goes = [&](const TopicPtr& topic) {
        return std::find(removed.begin(), removed.end(), topic->name) != removed.end() ||
               std::any_of(added.begin(), added.end(), [&](const TopicPtr& a) { return a->name == topic->name; });
    };
    auto result = std::make_shared<TopicsSnapshot>();
    const auto merge = [&](const std::vector<TopicPtr>& from, std::vector<TopicPtr>& to, auto before) {
        to.reserve(from.size() + added.size());
        std::copy_if(from.begin(), from.end(), std::back_inserter(to), [&](const TopicPtr& t) { return !goes(t); });
        const auto middle = static_cast<std::ptrdiff_t>(to.size());
        to.insert(to.end(), added.begin(), added.end());
        std::sort(to.begin() + middle, to.end(), before);
        std::inplace_merge(to.begin(), to.begin() + middle, to.end(), before);
    };
    merge(m_byName, result->m_byName, nameBefore);
    merge(m_byId, result->m_byId, idBefore);
    return result;
}

}  // namespace weir::topics

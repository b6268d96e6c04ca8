// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/folder_settings.h"

#include <algorithm>
#include <charconv>

#include "broker/api/config_entries.h"

namespace weir::api {

namespace {

constexpr std::string_view kCheckpoint = ".checkpoint";
constexpr std::size_t kOffsetDigits = 20;
constexpr std::size_t kNamed = 5;

}  // namespace

std::vector<ConfigEntry> FolderSettings::entriesOf(const std::string& topic) const {
    const auto found = topics.find(topic);
    const config::ConfigMap none;
    const config::ConfigMap& own = found == topics.end() ? none : found->second.settings;
    auto entries = toEntries(config::describeTopic(own, {{}, brokerDefaults, {}}));
    std::erase_if(entries, [](const ConfigEntry& each) { return each.source == ConfigEntry::Source::kDefault; });
    for (const auto& [name, value] : own) {
        const bool isListed = std::any_of(entries.begin(), entries.end(),
                                          [&name = name](const ConfigEntry& each) { return each.name == name; });
        if (!isListed) {
            ConfigEntry entry;
            entry.name = name;
            entry.value = value;
            entry.source = ConfigEntry::Source::kTopic;
            entries.push_back(std::move(entry));
        }
    }
    for (ConfigEntry& each : entries) {
        each.readOnly = true;
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ConfigEntry& a, const ConfigEntry& b) { return a.source < b.source; });
    return entries;
}

void FolderSettings::describe(TopicSnapshot& topic) const {
    const auto found = topics.find(topic.name);
    if (found == topics.end()) {
        return;
    }
    const auto& set = found->second.settings;
    if (const auto policy = set.find("cleanup.policy"); policy != set.end()) {
        topic.cleanupPolicy = policy->second;
    }
    const auto number = [&set](const char* name, std::int64_t& into) {
        if (const auto value = set.find(name); value != set.end()) {
            std::from_chars(value->second.data(), value->second.data() + value->second.size(), into);
        }
    };
    number("retention.ms", topic.retentionMs);
    number("retention.bytes", topic.retentionBytes);
}

std::string FolderSettings::whatIsMissing(const std::set<TopicPartition>& present) const {
    std::size_t count = 0;
    std::string names;
    for (const auto& [name, topic] : topics) {
        for (const std::int32_t partition : topic.partitions) {
            if (!present.contains({name, PartitionId(partition)}) && ++count <= kNamed) {
                names += (count == 1 ? "" : ", ") + name + '-' + std::to_string(partition);
            }
        }
    }
    return count == 0 ? std::string()
                      : std::to_string(count) +
                            (count == 1 ? " partition of the cluster is" : " partitions of the cluster are") +
                            " not in this folder: " + names + (count > kNamed ? " and others." : ".");
}

std::unique_ptr<const MetadataSnapshot> newestSnapshot(io::FileSystem& disk, const io::Path& folder) {
    const auto entries = disk.list(folder);
    std::string newest;
    for (const io::DirectoryEntry& each : entries ? *entries : std::vector<io::DirectoryEntry>()) {
        if (!each.isDirectory && each.name.ends_with(kCheckpoint) && each.name.size() > kOffsetDigits) {
            newest = std::max(newest, each.name);
        }
    }
    std::int64_t end = 0;
    const auto parsed = std::from_chars(newest.data(), newest.data() + std::min(newest.size(), kOffsetDigits), end);
    if (newest.empty() || parsed.ptr != newest.data() + kOffsetDigits) {
        return nullptr;
    }
    const auto size = disk.fileSize(folder / newest);
    if (!size) {
        return nullptr;
    }
    // Its records count from zero, whatever they stand for.
    auto made = std::make_unique<MetadataSnapshot>();
    made->contents.end = made->contents.lastStable = FolderDamage::kUnknownEnd;
    made->contents.segments.push_back({Offset(0), FolderDamage::kUnknownEnd, folder / newest, *size, kNoTimestamp, {}});
    made->contents.places.push_back({Offset(0), 0, 0, kNoTimestamp});
    made->end = Offset(end);
    return made;
}

}  // namespace weir::api

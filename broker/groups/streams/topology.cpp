// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/streams/topology.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "broker/groups/consumer/topic_pattern.h"
#include "broker/groups/store/assignment_codec.h"

namespace weir::groups {
namespace {

using Subtopology = StreamsTopology::Subtopology;
using InternalTopic = StreamsTopology::InternalTopic;
using Indexes = std::vector<std::int16_t>;

bool fits(const Indexes& indexes, std::size_t size) {
    return std::ranges::all_of(indexes,
                               [size](std::int16_t i) { return i >= 0 && static_cast<std::size_t>(i) < size; });
}

void writeInternal(ByteWriter& writer, const std::vector<InternalTopic>& topics) {
    writeCount(writer, topics.size());
    for (const auto& topic : topics) {
        writer.text(topic.name);
        writer.integer<std::int32_t>(topic.partitions);
        writer.integer<std::int16_t>(topic.replication);
        writeCount(writer, topic.configs.size());
        for (const auto& [key, value] : topic.configs) {
            writer.text(key);
            writer.text(value);
        }
    }
}

std::vector<InternalTopic> readInternal(ByteReader& reader) {
    std::vector<InternalTopic> topics;
    for (auto left = reader.count(14); left > 0 && reader.ok(); --left) {
        InternalTopic topic;
        topic.name = reader.text();
        topic.partitions = reader.integer<std::int32_t>();
        topic.replication = reader.integer<std::int16_t>();
        for (auto configs = reader.count(8); configs > 0 && reader.ok(); --configs) {
            auto key = reader.text();
            topic.configs.emplace(std::move(key), reader.text());
        }
        topics.push_back(std::move(topic));
    }
    return topics;
}

void writeIndexes(ByteWriter& writer, const Indexes& indexes) {
    writeCount(writer, indexes.size());
    for (const auto index : indexes) {
        writer.integer<std::int16_t>(index);
    }
}

Indexes readIndexes(ByteReader& reader) {
    Indexes indexes;
    reader.integers<std::int16_t>([&](std::int16_t index) { indexes.push_back(index); });
    return indexes;
}

/// One run over a topology; the first trouble ends it.
class Configuring {
public:
    Configuring(const StreamsTopology& topology, const TopicDirectory& topics)
        : m_topology(topology), m_topics(topics) {}

    ConfiguredTopology run() {
        if (findSources() && sizeRepartitions() && checkCopartitions()) {
            makeTasks();
            findInternal();
        }
        if (m_made.trouble) {
            m_made.tasks.clear();
        }
        return std::move(m_made);
    }

private:
    bool fails(StreamsStatus trouble, std::string detail) {
        m_made.trouble = trouble;
        m_made.detail = std::move(detail);
        return false;
    }
    bool findSources() {
        std::string missing;
        std::vector<TopicFacts> all;
        for (const auto& sub : m_topology.subtopologies) {
            auto& sources = m_made.sources[sub.id];
            for (const auto& name : sub.sources) {
                if (const auto facts = m_topics.byName(name)) {
                    sources[name] = facts->partitions;
                } else {
                    missing += (missing.empty() ? "" : ", ") + name;
                }
            }
            if (!sub.patterns.empty() && all.empty()) {
                all = m_topics.all();
            }
            for (const auto& pattern : sub.patterns) {
                const TopicPattern compiled(pattern);
                bool any = false;
                for (const auto& facts : all) {
                    if (compiled.matches(facts.name)) {
                        sources[facts.name] = facts.partitions;
                        any = true;
                    }
                }
                missing += any ? "" : (missing.empty() ? "" : ", ") + pattern;
            }
        }
        if (!missing.empty()) {
            return fails(StreamsStatus::kMissingSourceTopics, fmt::format("Source topics {} are missing.", missing));
        }
        return true;
    }
    [[nodiscard]] std::int32_t mostOf(const Subtopology& sub) const {
        std::int32_t most = 0;
        for (const auto& source : m_made.sources.at(sub.id)) {
            most = std::max(most, source.second);
        }
        for (const auto& topic : sub.repartitions) {
            const auto size = m_repartitions.find(topic.name);
            most = std::max(most, size == m_repartitions.end() ? 0 : size->second);
        }
        return most;
    }
    /// A repartition topic without a size of its own is as large as the largest source of who writes to it, which may
    /// be a repartition topic itself.
    bool sizeRepartitions() {
        std::set<std::string> open;
        for (const auto& sub : m_topology.subtopologies) {
            for (const auto& topic : sub.repartitions) {
                if (topic.partitions > 0) {
                    m_repartitions[topic.name] = topic.partitions;
                } else {
                    open.insert(topic.name);
                }
            }
        }
        for (bool moved = true; moved && !open.empty();) {
            moved = false;
            for (auto it = open.begin(); it != open.end();) {
                std::int32_t size = 0;
                for (const auto& sub : m_topology.subtopologies) {
                    if (std::ranges::find(sub.sinks, *it) != sub.sinks.end()) {
                        size = std::max(size, mostOf(sub));
                    }
                }
                moved = moved || size > 0;
                if (size > 0) {
                    m_repartitions[*it] = size;
                }
                it = size > 0 ? open.erase(it) : std::next(it);
            }
        }
        if (!open.empty()) {
            return fails(StreamsStatus::kIncorrectlyPartitioned,
                         fmt::format("The number of partitions of {} cannot be found out.", *open.begin()));
        }
        return true;
    }
    bool checkCopartitions() {
        for (const auto& sub : m_topology.subtopologies) {
            for (const auto& group : sub.copartitions) {
                if (!checkCopartition(sub, group)) {
                    return false;
                }
            }
        }
        return true;
    }
    bool checkCopartition(const Subtopology& sub, const StreamsTopology::Copartition& group) {
        std::map<std::string, std::int32_t> fixed;
        for (const auto i : group.sources) {
            const auto& name = sub.sources[static_cast<std::size_t>(i)];
            fixed[name] = m_made.sources.at(sub.id).at(name);
        }
        std::vector<std::string> flexible;
        std::int32_t most = 0;
        for (const auto i : group.repartitions) {
            const auto& topic = sub.repartitions[static_cast<std::size_t>(i)];
            if (topic.partitions > 0) {
                fixed[topic.name] = topic.partitions;
            } else {
                flexible.push_back(topic.name);
                most = std::max(most, m_repartitions.at(topic.name));
            }
        }
        for (const auto& [name, size] : fixed) {
            if (size != fixed.begin()->second) {
                return fails(StreamsStatus::kIncorrectlyPartitioned, "Topics " + fixed.begin()->first + " and " + name +
                                                                         " must have the same number of partitions.");
            }
        }
        for (const auto& name : flexible) {
            m_repartitions[name] = fixed.empty() ? most : fixed.begin()->second;
        }
        return true;
    }
    void makeTasks() {
        for (const auto& sub : m_topology.subtopologies) {
            m_made.tasks[sub.id] = mostOf(sub);
            for (const auto& topic : sub.repartitions) {
                m_made.sources[sub.id][topic.name] = m_repartitions.at(topic.name);
            }
        }
    }
    bool findInternal() {
        std::string missing;
        const auto want = [&](const InternalTopic& topic, std::int32_t partitions) {
            const auto facts = m_topics.byName(topic.name);
            if (!facts) {
                m_made.missing.push_back({topic.name, partitions, topic.configs});
                missing += (missing.empty() ? "" : ", ") + topic.name;
                return true;
            }
            if (facts->partitions != partitions) {
                return fails(StreamsStatus::kIncorrectlyPartitioned,
                             fmt::format("Existing internal topic {} has {} partitions, and {} are needed.", topic.name,
                                         facts->partitions, partitions));
            }
            return true;
        };
        for (const auto& sub : m_topology.subtopologies) {
            for (const auto& topic : sub.repartitions) {
                if (!want(topic, m_repartitions.at(topic.name))) {
                    return false;
                }
            }
            for (const auto& topic : sub.changelogs) {
                if (!want(topic, m_made.tasks.at(sub.id))) {
                    return false;
                }
            }
        }
        return missing.empty() ||
               fails(StreamsStatus::kMissingInternalTopics, "Internal topics are missing: " + missing);
    }

    const StreamsTopology& m_topology;
    const TopicDirectory& m_topics;
    ConfiguredTopology m_made;
    std::map<std::string, std::int32_t> m_repartitions;
};

}  // namespace

ConfiguredTopology configure(const StreamsTopology& topology, const TopicDirectory& topics) {
    return Configuring(topology, topics).run();
}

std::string faultOf(const StreamsTopology& topology) {
    std::set<std::string> ids;
    for (const auto& sub : topology.subtopologies) {
        if (sub.id.empty() || !ids.insert(sub.id).second) {
            return "Subtopologies must have ids of their own.";
        }
        for (const auto& pattern : sub.patterns) {
            if (auto wrong = TopicPattern(pattern).error(); !wrong.empty()) {
                return "SourceTopicRegex `" + pattern + "` is not a valid regular expression: " + wrong;
            }
        }
        for (const auto& group : sub.copartitions) {
            if (!fits(group.sources, sub.sources.size()) || !fits(group.patterns, sub.patterns.size()) ||
                !fits(group.repartitions, sub.repartitions.size())) {
                return "A copartition group names a topic that is not there.";
            }
        }
    }
    return {};
}

void writeTopology(ByteWriter& writer, const StreamsTopology& topology) {
    writer.integer<std::int32_t>(topology.epoch);
    writeCount(writer, topology.subtopologies.size());
    for (const auto& sub : topology.subtopologies) {
        writer.text(sub.id);
        writeTexts(writer, sub.sources);
        writeTexts(writer, sub.patterns);
        writeTexts(writer, sub.sinks);
        writeInternal(writer, sub.repartitions);
        writeInternal(writer, sub.changelogs);
        writeCount(writer, sub.copartitions.size());
        for (const auto& group : sub.copartitions) {
            writeIndexes(writer, group.sources);
            writeIndexes(writer, group.patterns);
            writeIndexes(writer, group.repartitions);
        }
    }
}

StreamsTopology readTopology(ByteReader& reader) {
    StreamsTopology topology;
    topology.epoch = reader.integer<std::int32_t>();
    for (auto left = reader.count(28); left > 0 && reader.ok(); --left) {
        Subtopology sub;
        sub.id = reader.text();
        sub.sources = readTexts(reader);
        sub.patterns = readTexts(reader);
        sub.sinks = readTexts(reader);
        sub.repartitions = readInternal(reader);
        sub.changelogs = readInternal(reader);
        for (auto groups = reader.count(12); groups > 0 && reader.ok(); --groups) {
            auto sources = readIndexes(reader);
            auto patterns = readIndexes(reader);
            sub.copartitions.push_back({std::move(sources), std::move(patterns), readIndexes(reader)});
        }
        topology.subtopologies.push_back(std::move(sub));
    }
    return topology;
}

}  // namespace weir::groups

// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>

#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

/// The catalog's topics: those that are there, and those that can be brought back.
namespace weir::catalog {

namespace {

CatalogResult<void> withTopic(Database& database, const char* sql, const TopicId& topic) {
    auto statement = database.prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    return statement->bind(1, topic).run();
}

CatalogResult<void> putConfigs(Database& database, const TopicId& topic, const Settings& configs) {
    for (const auto& [name, value] : configs) {
        auto put = database.prepare("INSERT INTO topic_configs VALUES(?, ?, ?)");
        if (!put) {
            return fail(put.error());
        }
        if (auto done = put->bind(1, topic).bind(2, std::string_view(name)).bind(3, std::string_view(value)).run();
            !done) {
            return done;
        }
    }
    return {};
}

CatalogResult<void> putTopic(Database& database, const TopicRow& topic) {
    auto insert = database.prepare("INSERT INTO topics VALUES(?, ?, ?, ?)");
    if (!insert) {
        return fail(insert.error());
    }
    auto done = insert->bind(1, topic.id)
                    .bind(2, std::string_view(topic.name))
                    .bind(3, topic.partitions)
                    .bind(4, topic.createdAt.value)
                    .run();
    if (!done) {
        return done.error().code == CatalogErrc::kConflict
                   ? fail(CatalogErrc::kConflict, "The topic " + topic.name + " exists already.")
                   : done;
    }
    return putConfigs(database, topic.id, topic.configs);
}

CatalogResult<std::map<TopicId, Settings>> allConfigs(Database& database) {
    std::map<TopicId, Settings> result;
    auto select = database.prepare("SELECT topic_id, name, value FROM topic_configs");
    if (!select) {
        return fail(select.error());
    }
    while (true) {
        const auto row = select->step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return result;
        }
        result[select->id(0)][select->text(1)] = select->text(2);
    }
}

std::string joinOffsets(const std::vector<Offset>& offsets) {
    std::string result;
    for (const Offset offset : offsets) {
        result += (result.empty() ? "" : ",") + std::to_string(offset.value);
    }
    return result;
}

std::vector<Offset> splitOffsets(std::string_view text) {
    std::vector<Offset> result;
    while (!text.empty()) {
        const auto comma = text.find(',');
        result.emplace_back(std::strtoll(std::string(text.substr(0, comma)).c_str(), nullptr, 10));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return result;
}

DeletedTopicRow deletedRow(const Statement& row, std::map<TopicId, Settings>& configs) {
    DeletedTopicRow deleted;
    deleted.topic = {row.id(0), row.text(1), static_cast<std::int32_t>(row.number(2)), Timestamp(row.number(3)), {}};
    deleted.deletedAt = Timestamp(row.number(4));
    deleted.keepUntil = Timestamp(row.number(5));
    deleted.logStarts = splitOffsets(row.text(6));
    if (const auto at = configs.find(deleted.topic.id); at != configs.end()) {
        deleted.topic.configs = std::move(at->second);
    }
    return deleted;
}

CatalogResult<std::vector<DeletedTopicRow>> allDeleted(Database& database) {
    auto configs = allConfigs(database);
    if (!configs) {
        return fail(configs.error());
    }
    std::vector<DeletedTopicRow> result;
    auto select = database.prepare(
        "SELECT id, name, partitions, created_ms, deleted_ms, keep_until_ms, log_starts FROM deleted_topics");
    if (!select) {
        return fail(select.error());
    }
    while (true) {
        const auto row = select->step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return result;
        }
        result.push_back(deletedRow(*select, *configs));
    }
}

CatalogResult<std::vector<GroupOffset>> deletedOffsets(Database& database, const TopicRow& topic) {
    std::vector<GroupOffset> result;
    auto select = database.prepare(
        "SELECT group_id, partition, offset, leader_epoch, metadata, committed_ms, expires_ms FROM deleted_offsets "
        "WHERE topic_id = ?");
    if (!select) {
        return fail(select.error());
    }
    select->bind(1, topic.id);
    while (true) {
        const auto row = select->step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return result;
        }
        OffsetRow offset;
        offset.committed = {{topic.name, PartitionId(static_cast<std::int32_t>(select->number(1)))},
                            Offset(select->number(2)),
                            LeaderEpoch(static_cast<std::int32_t>(select->number(3))),
                            select->text(4),
                            Timestamp(select->number(5))};
        offset.expireAt = Timestamp(select->number(6));
        result.push_back({select->text(0), std::move(offset)});
    }
}

CatalogResult<void> forgetDeleted(Database& database, const TopicId& topic) {
    if (auto done = withTopic(database, "DELETE FROM deleted_offsets WHERE topic_id = ?", topic); !done) {
        return done;
    }
    return withTopic(database, "DELETE FROM deleted_topics WHERE id = ?", topic);
}

CatalogResult<void> bury(Database& database, const DeletedTopicRow& deleted) {
    auto insert = database.prepare(
        "INSERT INTO deleted_topics SELECT id, name, partitions, created_ms, ?, ?, ? FROM topics WHERE id = ? "
        "RETURNING name");
    if (!insert) {
        return fail(insert.error());
    }
    const std::string starts = joinOffsets(deleted.logStarts);
    const auto row = insert->bind(1, deleted.deletedAt.value)
                         .bind(2, deleted.keepUntil.value)
                         .bind(3, std::string_view(starts))
                         .bind(4, deleted.topic.id)
                         .step();
    if (!row) {
        return fail(row.error());
    }
    if (!*row) {
        return fail(CatalogErrc::kNotFound, "The topic " + deleted.topic.name + " does not exist.");
    }
    if (auto done = insert->run(); !done) {
        return done;
    }
    auto move = database.prepare(
        "INSERT INTO deleted_offsets SELECT ?1, o.group_id, o.partition, o.offset, o.leader_epoch, o.metadata, "
        "o.committed_ms, o.expires_ms FROM offsets o WHERE o.topic = (SELECT name FROM topics WHERE id = ?1)");
    if (!move) {
        return fail(move.error());
    }
    if (auto done = move->bind(1, deleted.topic.id).run(); !done) {
        return done;
    }
    for (const char* sql : {"DELETE FROM offsets WHERE topic = (SELECT name FROM topics WHERE id = ?)",
                            "DELETE FROM staged_offsets WHERE topic = (SELECT name FROM topics WHERE id = ?)"}) {
        if (auto done = withTopic(database, sql, deleted.topic.id); !done) {
            return done;
        }
    }
    return withTopic(database, "DELETE FROM topics WHERE id = ?", deleted.topic.id);
}

}  // namespace

CatalogResult<std::vector<TopicRow>> Catalog::topics() {
    std::vector<TopicRow> result;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        auto configs = allConfigs(database);
        if (!configs) {
            return fail(configs.error());
        }
        return forEachRow(
            database, "SELECT id, name, partitions, created_ms FROM topics ORDER BY name", [&](const Statement& row) {
                const TopicId id = row.id(0);
                const auto at = configs->find(id);
                result.push_back({id, row.text(1), static_cast<std::int32_t>(row.number(2)), Timestamp(row.number(3)),
                                  at == configs->end() ? Settings{} : std::move(at->second)});
            });
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

CatalogResult<void> Catalog::createTopics(const std::vector<TopicRow>& topics) {
    return m_writer->run([&](Database& database) -> CatalogResult<void> {
        for (const TopicRow& topic : topics) {
            if (auto done = putTopic(database, topic); !done) {
                return done;
            }
        }
        return {};
    });
}

CatalogResult<void> Catalog::setPartitions(const TopicId& topic, std::int32_t partitions) {
    return m_writer->run([&](Database& database) -> CatalogResult<void> {
        auto update = database.prepare("UPDATE topics SET partitions = ? WHERE id = ?");
        if (!update) {
            return fail(update.error());
        }
        return update->bind(1, partitions).bind(2, topic).run();
    });
}

CatalogResult<void> Catalog::setTopicConfigs(const TopicId& topic, const Settings& configs) {
    return m_writer->run([&](Database& database) -> CatalogResult<void> {
        if (auto done = withTopic(database, "DELETE FROM topic_configs WHERE topic_id = ?", topic); !done) {
            return done;
        }
        return putConfigs(database, topic, configs);
    });
}

CatalogResult<void> Catalog::forgetTopic(const TopicId& topic) {
    return m_writer->run([&](Database& database) -> CatalogResult<void> {
        if (auto done = withTopic(database, "DELETE FROM topic_configs WHERE topic_id = ?", topic); !done) {
            return done;
        }
        return withTopic(database, "DELETE FROM topics WHERE id = ?", topic);
    });
}

CatalogResult<void> Catalog::deleteTopic(const DeletedTopicRow& deleted) {
    return m_writer->run([&](Database& database) { return bury(database, deleted); });
}

CatalogResult<std::vector<DeletedTopicRow>> Catalog::deletedTopics() {
    CatalogResult<std::vector<DeletedTopicRow>> result(std::vector<DeletedTopicRow>{});
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        result = allDeleted(database);
        return result ? CatalogResult<void>() : fail(result.error());
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

CatalogResult<Undeleted> Catalog::undeleteTopic(const TopicId& topic) {
    Undeleted result;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        auto deleted = allDeleted(database);
        if (!deleted) {
            return fail(deleted.error());
        }
        const auto at = std::find_if(deleted->begin(), deleted->end(),
                                     [&](const DeletedTopicRow& row) { return row.topic.id == topic; });
        if (at == deleted->end()) {
            return fail(CatalogErrc::kNotFound, "The topic can no longer be brought back.");
        }
        auto offsets = deletedOffsets(database, at->topic);
        if (!offsets) {
            return fail(offsets.error());
        }
        result = {std::move(*at), *std::move(offsets)};
        TopicRow row = result.topic.topic;
        row.configs.clear();  // They were kept under the same id.
        if (auto put = putTopic(database, row); !put) {
            return put;
        }
        return forgetDeleted(database, topic);
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

CatalogResult<void> Catalog::forgetDeletedTopic(const TopicId& topic) {
    return m_writer->run([&](Database& database) -> CatalogResult<void> {
        for (const char* sql :
             {"DELETE FROM topic_configs WHERE topic_id = ?", "DELETE FROM share_partitions WHERE topic_id = ?"}) {
            if (auto done = withTopic(database, sql, topic); !done) {
                return done;
            }
        }
        return forgetDeleted(database, topic);
    });
}

}  // namespace weir::catalog

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/base/threads.h"
#include "broker/catalog/errors.h"
#include "broker/catalog/folder_lock.h"
#include "broker/catalog/rows.h"
#include "broker/catalog/schema_rows.h"
#include "broker/catalog/security_rows.h"
#include "broker/catalog/transaction_rows.h"

namespace weir::catalog {

class Writer;

/// When a change is answered: handed to the operating system (survives a killed process), or on the disk.
enum class SyncMode { kSystem, kDisk };

enum class OnDamage {
    /// Set the damaged file aside, copy what can be read into a new one, and say so in the report.
    kSetAside,
    /// Change nothing and fail with kDamaged.
    kRefuse
};

struct CatalogOptions {
    /// The data folder; made (0700) when absent.
    std::filesystem::path folder;
    SyncMode sync = SyncMode::kSystem;
    OnDamage onDamage = OnDamage::kSetAside;
    Threads threads = Threads::kOwn;
    /// The registered SQLite VFS through which the file is written; empty: the system's.
    std::string vfs{};
};

/// What happened at open, for the log and for the person.
struct OpenReport {
    /// There was no catalog, or none that could be kept: topics found on the disk may be taken over.
    bool isNew = false;
    /// Where the damaged file is kept; empty when nothing was damaged.
    std::string setAside;
    std::string damage;
    std::int64_t rowsSaved = 0;
};

/// The broker's memory of everything that is not a record: weir.db in the data folder. Survives a killed process at any
/// moment; each change is atomic. Thread safe. Methods without a `done` block for one commit (tens of microseconds, a
/// disk flush with SyncMode::kDisk) and are for start-up and administration, never for a network thread's hot path.
class Catalog {
public:
    using Done = std::function<void(CatalogResult<void>)>;

    /// Takes the folder's lock, then opens, creates or rescues the file. Errors: kInUse (names the process), kForeign
    /// (the folder holds other people's files), kNewer, kDamaged, kUnusable; none of them changes the folder.
    static CatalogResult<std::unique_ptr<Catalog>> open(const CatalogOptions& options, const Clock& clock,
                                                        Random& random, Logger logger);
    /// As close(), but the next start checks the file.
    ~Catalog();
    Catalog(const Catalog&) = delete;
    Catalog& operator=(const Catalog&) = delete;

    /// Commits what was submitted, writes the log back into the file and marks it clean. Later calls: kStopped.
    CatalogResult<void> close();
    /// Puts every answered change on the disk; for the flush interval of SyncMode::kSystem.
    CatalogResult<void> flush();
    /// The same behind the caller's back, before every change that comes after it, and the folder's entry of the file
    /// too. Whoever opened a new catalog (report().isNew) calls this before its first lasting change: a new file is not
    /// on the disk yet, so that a first start does not wait for it.
    void flushSoon(Done done);

    [[nodiscard]] const OpenReport& report() const { return m_report; }
    /// 22 characters, as Kafka's; random, for ever the same.
    [[nodiscard]] const std::string& clusterId() const { return m_clusterId; }

    // Topics.
    CatalogResult<std::vector<TopicRow>> topics();
    /// All or none; kConflict when a name is taken.
    CatalogResult<void> createTopics(const std::vector<TopicRow>& topics);
    CatalogResult<void> setPartitions(const TopicId& topic, std::int32_t partitions);
    /// Replaces the topic's overrides.
    CatalogResult<void> setTopicConfigs(const TopicId& topic, const Settings& configs);
    /// Takes back a creation that could not be finished.
    CatalogResult<void> forgetTopic(const TopicId& topic);
    /// Moves the topic, its settings and its groups' commits to the deleted ones. kNotFound when it is not there.
    CatalogResult<void> deleteTopic(const DeletedTopicRow& deleted);
    CatalogResult<std::vector<DeletedTopicRow>> deletedTopics();
    /// The way back; kConflict when a topic of that name is there. The commits are answered, not restored: they belong
    /// to the group coordinator.
    CatalogResult<Undeleted> undeleteTopic(const TopicId& topic);
    /// The undo window is over.
    CatalogResult<void> forgetDeletedTopic(const TopicId& topic);

    // Settings that were changed while running.
    CatalogResult<BrokerSettings> brokerSettings();
    CatalogResult<void> setBrokerSettings(ConfigScope scope, const Settings& settings);
    /// Those of anything else that has settings, by owner: "feature", "client-metrics:NAME", ... An owner without
    /// settings is not there.
    CatalogResult<std::map<std::string, Settings>> ownedSettings();
    CatalogResult<void> setOwnedSettings(const std::string& owner, const Settings& settings);
    CatalogResult<std::map<std::string, Settings>> groupSettings();
    CatalogResult<void> setGroupSettings(const std::string& groupId, const Settings& settings);

    // Groups and committed offsets.
    CatalogResult<std::vector<GroupRow>> groups();
    /// Atomic per batch; batches of one group are committed and answered in the order of the calls. `done` is called
    /// exactly once, on the catalog's thread or, on refusal, inside the call; it must not block.
    void writeGroup(GroupBatch batch, Done done);

    // Users and their rights. Changes are all or none; removing what is not there is no error.
    CatalogResult<std::vector<AclRow>> acls();
    CatalogResult<void> changeAcls(const std::vector<AclRow>& add, const std::vector<AclRow>& remove);
    CatalogResult<std::vector<ScramRow>> scramCredentials();
    CatalogResult<void> changeScramCredentials(const std::vector<ScramRow>& put, const std::vector<ScramKey>& remove);
    CatalogResult<std::vector<QuotaRow>> quotas();
    CatalogResult<void> changeQuotas(const std::vector<QuotaChange>& changes);
    CatalogResult<std::vector<TokenRow>> tokens();
    CatalogResult<void> putToken(const TokenRow& token);
    CatalogResult<void> removeToken(const std::string& id);

    // Transactional ids. As with groups, changes of one id are committed and answered in the order of the calls.
    CatalogResult<std::vector<TransactionRow>> storedTransactions();
    void writeTransaction(TransactionChange change, Done done);

    // Delivery states of share groups; committed and answered in the order of the calls, as above.
    CatalogResult<std::vector<SharePartitionRow>> sharePartitions();
    void writeSharePartition(SharePartitionRow row, Done done);
    /// Those of the topics that the group has.
    void removeSharePartitions(std::string groupId, std::vector<TopicId> topics, Done done);

    // The schema registry's.
    CatalogResult<SchemaRows> schemas();
    CatalogResult<void> changeSchemas(const SchemaChange& change);

    /// `count` producer ids that were never given out before, starting with the answer.
    CatalogResult<ProducerId> allocateProducerIds(std::int32_t count);

    /// Without threads: commits what waits, on the caller's; returns how many changes.
    std::size_t runPending();

    /// Commits since open, for figures and tests.
    [[nodiscard]] std::uint64_t transactions() const;

private:
    explicit Catalog(FolderLock lock);

    FolderLock m_lock;
    std::filesystem::path m_folder;
    OpenReport m_report;
    std::string m_clusterId;
    std::unique_ptr<Writer> m_writer;
};

}  // namespace weir::catalog

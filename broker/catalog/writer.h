// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "broker/base/log.h"
#include "broker/base/threads.h"
#include "broker/catalog/database.h"

namespace weir::catalog {

/// Called exactly once, on the writer's thread, or inside submit() when nothing more is taken.
using Done = std::function<void(CatalogResult<void>)>;

/// The one thread that touches the database. What has gathered while a transaction was being committed goes into the
/// next one, so the cost of a commit is shared by all who wait for it. Work runs in the order of submission, each piece
/// in a savepoint of its own: one that fails, also for want of memory, leaves the others alone. `done` comes after the
/// commit; what it throws costs whoever waits for it, nobody else.
class Writer {
public:
    using Work = std::function<CatalogResult<void>(Database&)>;

    /// More waiting pieces than this are refused with kBusy.
    static constexpr std::size_t kMaxWaiting = 100'000;

    Writer(std::unique_ptr<Database> database, Logger logger, Threads threads = Threads::kOwn);
    /// Commits what was submitted, then ends the thread and closes the database.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void submit(Work work, Done done) { enqueue({std::move(work), std::move(done), Within::kTransaction}); }
    /// The same outside of any transaction, after everything submitted before: for checkpoints.
    void submitAlone(Work work, Done done) { enqueue({std::move(work), std::move(done), Within::kNothing}); }
    /// Submits and waits. Not from a `done`, which would wait for itself.
    CatalogResult<void> run(Work work) { return wait(std::move(work), Within::kTransaction); }
    CatalogResult<void> runAlone(Work work) { return wait(std::move(work), Within::kNothing); }
    /// Without a thread: commits what waits, on the caller's; `run` then does so itself. Returns how many pieces.
    std::size_t runPending();
    /// Takes no more work, and returns when all that was taken is answered.
    void stop();

    [[nodiscard]] std::uint64_t transactions() const { return m_transactions; }

private:
    enum class Within { kTransaction, kNothing };
    struct Piece {
        Work work;
        Done done;
        Within within;
        /// Of the work; counts if the transaction that it was part of was committed.
        CatalogResult<void> result = {};
    };

    void enqueue(Piece piece);
    CatalogResult<void> wait(Work work, Within within);
    void loop();
    std::size_t commitWaiting();
    void commit(std::span<Piece> pieces);
    [[nodiscard]] CatalogResult<void> commitAll(std::span<Piece> pieces);
    [[nodiscard]] CatalogResult<void> runPiece(const Piece& piece);
    void answer(const Piece& piece, CatalogResult<void> result) const;

    std::unique_ptr<Database> m_database;
    Logger m_logger;
    const Threads m_threads;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<Piece> m_waiting;
    /// Being committed; whoever commits owns it.
    std::vector<Piece> m_taken;
    bool m_stopping = false;
    std::atomic<std::uint64_t> m_transactions{0};
    std::mutex m_stopMutex;
    std::thread m_thread;
};

}  // namespace weir::catalog

// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/writer.h"

#include <future>
#include <new>
#include <optional>

namespace weir::catalog {

namespace {

/// Largest number of pieces in one transaction: bounds how long a reader of the file, and the next piece, must wait.
constexpr std::size_t kMaxPerTransaction = 8192;

/// Short enough to need none itself.
CatalogResult<void> withoutMemory() {
    return fail(CatalogErrc::kIo, "out of memory");
}

CatalogResult<void> worked(const Writer::Work& work, Database& database) {
    try {
        return work(database);
    } catch (const std::bad_alloc&) {
        return withoutMemory();
    }
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, Logger logger, Threads threads)
    : m_database(std::move(database)), m_logger(std::move(logger)), m_threads(threads) {
    if (threads == Threads::kOwn) {
        m_thread = std::thread([this] { loop(); });
    }
}

Writer::~Writer() {
    stop();
}

void Writer::enqueue(Piece piece) {
    CatalogErrc refusal = CatalogErrc::kStopped;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopping && m_waiting.size() < kMaxWaiting) {
            m_waiting.push_back(std::move(piece));
            if (m_waiting.size() == 1) {
                m_wake.notify_one();
            }
            return;
        }
        refusal = m_stopping ? CatalogErrc::kStopped : CatalogErrc::kBusy;
    }
    piece.done(fail(refusal, refusal == CatalogErrc::kStopped ? "The catalog is closed."
                                                              : "Too many changes wait for the catalog."));
}

CatalogResult<void> Writer::wait(Work work, Within within) {
    std::promise<CatalogResult<void>> promise;
    auto future = promise.get_future();
    enqueue(
        {std::move(work), [&promise](CatalogResult<void> result) { promise.set_value(std::move(result)); }, within});
    runPending();
    return future.get();
}

std::size_t Writer::runPending() {
    std::size_t count = 0;
    if (m_threads == Threads::kNone) {
        while (const std::size_t some = commitWaiting()) {
            count += some;
        }
    }
    return count;
}

void Writer::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    const std::lock_guard lock(m_stopMutex);
    runPending();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void Writer::loop() {
    nameThisThread("weir-catalog");
    do {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
    } while (commitWaiting() != 0);
}

std::size_t Writer::commitWaiting() {
    // A `done` that waits for the writer would wait for itself.
    WEIR_ASSERT(m_taken.empty());
    {
        const std::lock_guard lock(m_mutex);
        m_taken.swap(m_waiting);
    }
    const std::span<Piece> taken(m_taken);
    std::size_t begin = 0;
    while (begin < taken.size()) {
        if (taken[begin].within == Within::kNothing) {
            answer(taken[begin], worked(taken[begin].work, *m_database));
            ++begin;
            continue;
        }
        std::size_t end = begin + 1;
        while (end < taken.size() && end - begin < kMaxPerTransaction && taken[end].within == Within::kTransaction) {
            ++end;
        }
        commit(taken.subspan(begin, end - begin));
        begin = end;
    }
    const std::size_t count = taken.size();
    m_taken.clear();
    return count;
}

CatalogResult<void> Writer::runPiece(const Piece& piece) {
    if (!m_database->inTransaction()) {
        // An error of the disk has ended the transaction for everybody in it.
        return fail(CatalogErrc::kIo, "The catalog could not be written.");
    }
    if (auto begun = m_database->execute("SAVEPOINT piece"); !begun) {
        return begun;
    }
    CatalogResult<void> result = worked(piece.work, *m_database);
    if (m_database->inTransaction()) {
        auto ended = m_database->execute(result ? "RELEASE piece" : "ROLLBACK TO piece; RELEASE piece");
        if (result && !ended) {
            return ended;
        }
    }
    return result;
}

CatalogResult<void> Writer::commitAll(std::span<Piece> pieces) {
    if (auto begun = m_database->execute("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    std::optional<CatalogError> ended;
    for (Piece& piece : pieces) {
        piece.result = runPiece(piece);
        if (!ended && !m_database->inTransaction()) {
            ended = piece.result.ok() ? CatalogError{CatalogErrc::kIo, "The catalog could not be written."}
                                      : piece.result.error();
        }
    }
    return ended ? CatalogResult<void>(fail(*ended)) : m_database->execute("COMMIT");
}

void Writer::commit(std::span<Piece> pieces) {
    CatalogResult<void> whole = withoutMemory();
    try {
        whole = commitAll(pieces);
    } catch (const std::bad_alloc&) {
        // A failure like any other: nothing of this is committed.
    }
    if (!whole && m_database->inTransaction()) {
        (void)m_database->execute("ROLLBACK");
    }
    m_transactions.fetch_add(1, std::memory_order_relaxed);
    if (!whole) {
        m_logger.error("{} changes of the catalog failed: {}", pieces.size(), whole.error().message);
    }
    for (Piece& piece : pieces) {
        answer(piece, whole ? std::move(piece.result) : whole);
    }
}

void Writer::answer(const Piece& piece, CatalogResult<void> result) const {
    try {
        piece.done(std::move(result));
    } catch (const std::bad_alloc&) {
        m_logger.error("no memory to answer who waited for the catalog");
    }
}

}  // namespace weir::catalog

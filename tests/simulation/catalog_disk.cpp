// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/catalog_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

namespace weir::simulation {

namespace {

std::atomic<std::uint64_t> numberOfDisks{0};

/// The file as it was before, in one place, and what came there.
struct Unsynced {
    std::string file;
    std::int64_t at = 0;
    std::int64_t sizeBefore = 0;
    std::string before;
    /// Nothing: the file was cut to `at`.
    std::optional<std::string> written;
};

void put(const std::string& file, std::int64_t at, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

class CatalogDisk::Shim {
public:
    explicit Shim(Plan plan) : m_plan(std::move(plan)), m_below(sqlite3_vfs_find(nullptr)) {
        m_name = "simulated-" + std::to_string(numberOfDisks++);
        m_vfs = *m_below;
        m_vfs.pNext = nullptr;
        m_vfs.zName = m_name.c_str();
        m_vfs.pAppData = this;
        m_vfs.szOsFile = static_cast<int>(sizeof(File)) + m_below->szOsFile;
        m_vfs.xOpen = open;
        m_vfs.xDelete = remove;
        m_vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
            return below(vfs)->xAccess(below(vfs), path, flags, result);
        };
        m_vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
            return below(vfs)->xFullPathname(below(vfs), path, size, out);
        };
        // What SQLite calls random is its own business; a busy database would be a mistake of ours.
        m_vfs.xSleep = [](sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; };
        sqlite3_vfs_register(&m_vfs, 0);
        fillMethods();
    }
    ~Shim() { sqlite3_vfs_unregister(&m_vfs); }
    Shim(const Shim&) = delete;
    Shim& operator=(const Shim&) = delete;

    [[nodiscard]] const std::string& name() const { return m_name; }

    void powerCut(Dice& dice, const std::string& folder) {
        // The disk as it was synced, and onto it whatever happened to reach it before the power went.
        for (auto each = m_unsynced.rbegin(); each != m_unsynced.rend(); ++each) {
            put(each->file, each->at, each->before);
            std::error_code gone;
            std::filesystem::resize_file(each->file, static_cast<std::uintmax_t>(each->sizeBefore), gone);
        }
        for (const Unsynced& each : m_unsynced) {
            constexpr std::size_t kFates = 3;
            const std::size_t fate = dice.below(kFates);
            if (!each.written || fate == 0) {
                continue;
            }
            const std::size_t part = fate == 1 ? each.written->size() : dice.below(each.written->size());
            put(each.file, each.at, each.written->substr(0, part));
        }
        m_unsynced.clear();
        std::error_code ignored;
        std::filesystem::remove(folder + "/weir.db-shm", ignored);
    }

private:
    struct File {
        sqlite3_file base;
        Shim* shim;
        const char* path;
        [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };

    static sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<Shim*>(vfs->pAppData)->m_below; }
    static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
    static sqlite3_file* real(sqlite3_file* file) { return of(file)->real(); }

    /// SQLITE_OK, or how the call fails.
    int ask(CatalogCall call) {
        const auto fault = m_plan ? m_plan(call) : std::nullopt;
        if (!fault) {
            return SQLITE_OK;
        }
        if (*fault == CatalogFault::kFull) {
            return SQLITE_FULL;
        }
        switch (call) {
            case CatalogCall::kRead:
                return SQLITE_IOERR_READ;
            case CatalogCall::kWrite:
                return SQLITE_IOERR_WRITE;
            case CatalogCall::kSync:
                return SQLITE_IOERR_FSYNC;
            case CatalogCall::kTruncate:
                return SQLITE_IOERR_TRUNCATE;
            case CatalogCall::kDelete:
                return SQLITE_IOERR_DELETE;
        }
        return SQLITE_IOERR;
    }

    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* outFlags) {
        auto* const shim = static_cast<Shim*>(vfs->pAppData);
        File* const own = of(file);
        own->base.pMethods = nullptr;
        own->shim = shim;
        own->path = path;
        const int code = shim->m_below->xOpen(shim->m_below, path, own->real(), flags, outFlags);
        if (code == SQLITE_OK) {
            own->base.pMethods = &shim->m_methods;
        }
        return code;
    }

    static int remove(sqlite3_vfs* vfs, const char* path, int syncDirectory) {
        auto* const shim = static_cast<Shim*>(vfs->pAppData);
        if (const int fault = shim->ask(CatalogCall::kDelete); fault != SQLITE_OK) {
            return fault;
        }
        std::erase_if(shim->m_unsynced, [&](const Unsynced& each) { return each.file == path; });
        return shim->m_below->xDelete(shim->m_below, path, syncDirectory);
    }

    static std::string contents(sqlite3_file* file, std::int64_t at, std::int64_t count) {
        std::string bytes(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), '\0');
        real(file)->pMethods->xRead(real(file), bytes.data(), static_cast<int>(bytes.size()), at);
        return bytes;
    }

    void note(sqlite3_file* file, std::int64_t at, std::optional<std::string> written) {
        sqlite3_int64 size = 0;
        real(file)->pMethods->xFileSize(real(file), &size);
        const std::int64_t end = written ? std::min<std::int64_t>(at + static_cast<std::int64_t>(written->size()), size)
                                         : static_cast<std::int64_t>(size);
        m_unsynced.push_back({of(file)->path, at, size, contents(file, at, end - at), std::move(written)});
    }

    static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
        Shim& shim = *of(file)->shim;
        if (const int fault = shim.ask(CatalogCall::kWrite); fault != SQLITE_OK) {
            return fault;
        }
        if (of(file)->path != nullptr) {
            shim.note(file, at, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count)));
        }
        return real(file)->pMethods->xWrite(real(file), bytes, count, at);
    }

    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        Shim& shim = *of(file)->shim;
        if (const int fault = shim.ask(CatalogCall::kTruncate); fault != SQLITE_OK) {
            return fault;
        }
        if (of(file)->path != nullptr) {
            shim.note(file, size, std::nullopt);
        }
        return real(file)->pMethods->xTruncate(real(file), size);
    }

    static int sync(sqlite3_file* file, int /*flags*/) {
        Shim& shim = *of(file)->shim;
        if (const int fault = shim.ask(CatalogCall::kSync); fault != SQLITE_OK) {
            return fault;
        }
        if (const char* const path = of(file)->path) {
            std::erase_if(shim.m_unsynced, [path](const Unsynced& each) { return each.file == path; });
        }
        return SQLITE_OK;
    }

    void fillMethods() {
        m_methods.iVersion = 2;
        m_methods.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
        m_methods.xRead = [](sqlite3_file* f, void* into, int count, sqlite3_int64 at) {
            const int fault = of(f)->shim->ask(CatalogCall::kRead);
            return fault != SQLITE_OK ? fault : real(f)->pMethods->xRead(real(f), into, count, at);
        };
        m_methods.xWrite = write;
        m_methods.xTruncate = truncate;
        m_methods.xSync = sync;
        m_methods.xFileSize = [](sqlite3_file* f, sqlite3_int64* s) {
            return real(f)->pMethods->xFileSize(real(f), s);
        };
        m_methods.xLock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xLock(real(f), l); };
        m_methods.xUnlock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xUnlock(real(f), l); };
        m_methods.xCheckReservedLock = [](sqlite3_file* f, int* result) {
            return real(f)->pMethods->xCheckReservedLock(real(f), result);
        };
        m_methods.xFileControl = [](sqlite3_file* f, int op, void* arg) {
            return real(f)->pMethods->xFileControl(real(f), op, arg);
        };
        m_methods.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m_methods.xDeviceCharacteristics = [](sqlite3_file* /*f*/) { return 0; };
        m_methods.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
            return real(f)->pMethods->xShmMap(real(f), page, size, extend, at);
        };
        m_methods.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), at, n, flags);
        };
        m_methods.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m_methods.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
    }

    Plan m_plan;
    sqlite3_vfs* m_below;
    std::string m_name;
    sqlite3_vfs m_vfs{};
    sqlite3_io_methods m_methods{};
    std::vector<Unsynced> m_unsynced;
};

CatalogDisk::CatalogDisk(Plan plan) : m_shim(std::make_unique<Shim>(std::move(plan))) {}

CatalogDisk::~CatalogDisk() = default;

const std::string& CatalogDisk::name() const {
    return m_shim->name();
}

void CatalogDisk::powerCut(Dice& dice, const std::string& folder) {
    m_shim->powerCut(dice, folder);
}

}  // namespace weir::simulation

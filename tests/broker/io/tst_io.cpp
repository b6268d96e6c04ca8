// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>
#include <QTemporaryDir>
#include <QTest>
#include <QtCore/QFile>
#include <cerrno>

#include "broker/io/files.h"
#include "broker/io/posix_file_system.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"

using namespace weir;
using namespace weir::io;
using weir::testing::DiskCall;
using weir::testing::FaultyFileSystem;
using weir::testing::MemoryFileSystem;

namespace {

Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 131) & 255U);
    }
    return bytes;
}

// Every other call is interrupted, and no call does more than 7 bytes: the worst a kernel may do.
int g_calls = 0;
ssize_t stormyRead(int fd, void* into, size_t size, off_t at) {
    if (++g_calls % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return ::pread(fd, into, std::min<size_t>(size, 7), at);
}
ssize_t stormyWrite(int fd, const iovec* parts, int count, off_t at) {
    if (++g_calls % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    for (int i = 0; i < count; ++i) {
        if (parts[i].iov_len > 0) {
            return ::pwrite(fd, parts[i].iov_base, std::min<size_t>(parts[i].iov_len, 7), at);
        }
    }
    return 0;
}
int stormySync(int fd) {
    if (++g_calls % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return ::fdatasync(fd);
}
ssize_t fullWrite(int, const iovec*, int, off_t) {
    errno = ENOSPC;
    return -1;
}
int brokenSync(int) {
    errno = EIO;
    return -1;
}

}  // namespace

class TestIo : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    Path at(const char* name) { return Path(m_folder.path().toStdString()) / name; }

private slots:
    void shortAndInterruptedCallsLoseNoByte() {
        PosixCalls calls = PosixCalls::real();
        calls.pread = stormyRead;
        calls.pwritev = stormyWrite;
        calls.fdatasync = stormySync;
        PosixFileSystem disk(calls);
        const Bytes all = pattern(10'000);
        auto file = disk.open(at("storm"), OpenMode::kCreate);
        QVERIFY(file.ok());
        const ByteView view(all);
        const std::array<ByteView, 4> parts{view.first(3), ByteView{}, view.subspan(3, 5000), view.subspan(5003)};
        QVERIFY((*file)->writeParts(FilePosition{0}, parts).ok());
        QVERIFY((*file)->sync().ok());
        Bytes back(all.size() + 100);
        const auto got = (*file)->read(FilePosition{0}, back);
        QVERIFY(got.ok());
        QCOMPARE(*got, all.size());
        back.resize(*got);
        QVERIFY(back == all);
    }
    void morePartsThanOneCallTakesAreAllWritten() {
        PosixFileSystem disk;
        const Bytes all = pattern(1000);
        std::vector<ByteView> parts;
        for (std::size_t i = 0; i < all.size(); i += 5) {
            parts.push_back(ByteView(all).subspan(i, 5));
        }
        auto file = disk.open(at("parts"), OpenMode::kCreate);
        QVERIFY((*file)->writeParts(FilePosition{0}, parts).ok());
        QVERIFY(*readWholeFile(disk, at("parts")) == all);
    }
    void fullDiskAndFailedSyncAreToldApart() {
        PosixCalls calls = PosixCalls::real();
        calls.pwritev = fullWrite;
        calls.fdatasync = brokenSync;
        PosixFileSystem disk(calls);
        auto file = disk.open(at("full"), OpenMode::kCreate);
        QCOMPARE((*file)->write(FilePosition{0}, asBytes("x")).error().code, IoErrc::kDiskFull);
        QCOMPARE((*file)->sync().error().code, IoErrc::kIo);
    }
    void missingFileIsNotFound() {
        PosixFileSystem disk;
        QCOMPARE(disk.open(at("nowhere"), OpenMode::kRead).error().code, IoErrc::kNotFound);
        QCOMPARE(disk.open(at("no/where"), OpenMode::kCreate).error().code, IoErrc::kNotFound);
    }
    void secondLockIsRefusedUntilTheFirstGoes() {
        PosixFileSystem disk;
        auto first = disk.lock(at(".lock"));
        QVERIFY(first.ok());
        QCOMPARE(disk.lock(at(".lock")).error().code, IoErrc::kLocked);
        first->reset();
        QVERIFY(disk.lock(at(".lock")).ok());
    }
    void symbolicLinkIsNotFollowed() {
        PosixFileSystem disk;
        QVERIFY(::symlink("/etc/hostname", at("link").c_str()) == 0);
        QVERIFY(!disk.open(at("link"), OpenMode::kRead).ok());
    }
    void filesAreForTheOwnerOnly() {
        PosixFileSystem disk;
        QVERIFY(disk.open(at("mine"), OpenMode::kCreateNew).ok());
        const auto allowed = QFile::permissions(QString::fromStdString(at("mine").string()));
        QVERIFY(!(allowed & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
        QCOMPARE(disk.open(at("mine"), OpenMode::kCreateNew).error().code, IoErrc::kExists);
    }
    void treeIsRemovedWhole() {
        PosixFileSystem disk;
        QVERIFY(disk.createDirectories(at("tree/a/b")).ok());
        QVERIFY(replaceFile(disk, at("tree/a/b/file"), asBytes("x")).ok());
        QVERIFY(removeTree(disk, at("tree")).ok());
        QVERIFY(!disk.exists(at("tree")));
        QVERIFY(removeTree(disk, at("tree")).ok());
    }
    void takenNameInTheTargetIsKept() {
        MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/d").ok());
        disk.setContents("/d/f", toBytes("first"));
        QVERIFY(moveInto(disk, "/d/f", "/d/q").ok());
        disk.setContents("/d/f", toBytes("second"));
        QCOMPARE(*moveInto(disk, "/d/f", "/d/q"), Path("/d/q/f.1"));
        QVERIFY(asText(disk.contents("/d/q/f")) == "first");
    }
    // Whatever call of the replacement fails, a reader finds one of the two contents whole; also after a power cut.
    void interruptedReplacementLeavesOldOrNew() {
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kWrite, DiskCall::kSync, DiskCall::kTruncate,
                                    DiskCall::kRename, DiskCall::kSyncDirectory}) {
            MemoryFileSystem memory;
            FaultyFileSystem disk(memory);
            QVERIFY(disk.createDirectories("/d").ok());
            QVERIFY(replaceFile(disk, "/d/f", asBytes("old content")).ok());
            disk.failNth(call, 1, {.code = IoErrc::kIo, .bytesThrough = 3});
            QVERIFY(!replaceFile(disk, "/d/f", asBytes("new content")).ok());
            disk.heal();
            const Bytes now = *readWholeFile(disk, "/d/f");
            QVERIFY(asText(now) == "old content" || asText(now) == "new content");
            memory.powerCut();
            const Bytes later = *readWholeFile(disk, "/d/f");
            QVERIFY(asText(later) == "old content" || asText(later) == "new content");
        }
    }
    void powerCutLosesWhatWasNotSynced() {
        MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/d").ok());
        QVERIFY(disk.syncDirectory("/").ok());
        {
            auto file = disk.open("/d/f", OpenMode::kCreate);
            QVERIFY((*file)->write(FilePosition{0}, asBytes("kept")).ok());
            QVERIFY((*file)->sync().ok());
            QVERIFY(disk.syncDirectory("/d").ok());
            QVERIFY((*file)->write(FilePosition{4}, asBytes("lost")).ok());
            QVERIFY(disk.open("/d/unsynced", OpenMode::kCreate).ok());
        }
        disk.powerCut();
        QVERIFY(asText(disk.contents("/d/f")) == "kept");
        QVERIFY(!disk.exists("/d/unsynced"));
    }
};

QTEST_APPLESS_MAIN(TestIo)
#include "tst_io.moc"

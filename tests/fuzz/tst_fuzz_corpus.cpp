// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTest>
#include <QtCore/QByteArray>
#include <QtCore/QFileInfo>
#include <QtCore/QFileInfoList>
#include <QtCore/QIODevice>
#include <QtCore/QStringLiteral>
#include <cstring>
#include <memory>

#include "tests/fuzz/entries.h"

using namespace weir;

namespace {

struct Entry {
    const char* name;  ///< also the folder below corpus/
    bool (*run)(ByteView);
    int accepted;  ///< of the stored inputs at least so many are good and reach every check
};
constexpr Entry kEntries[] = {
    {"record_batch", &fuzz::recordBatch, 40},          {"codec", &fuzz::codec, 20},
    {"protocol_request", &fuzz::protocolRequest, 124}, {"protocol_response", &fuzz::protocolResponse, 124},
    {"registry_json", &fuzz::registryJson, 12},        {"registry_request", &fuzz::registryRequest, 6},
    {"registry_schemas", &fuzz::registrySchemas, 20},  {"sasl_login", &fuzz::saslLogin, 7},
    {"security_text", &fuzz::securityText, 3},         {"frame_stream", &fuzz::frameStream, 8},
    {"broker_stream", &fuzz::brokerStream, 8},
};

}  // namespace

/// Runs every stored input through its fuzzer's entry: what the fuzzers once found stays found, with any compiler.
class TstFuzzCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void storedInputsKeepEveryPromise_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("entry");
        int index = 0;
        for (const Entry& entry : kEntries) {
            QTest::newRow(entry.name) << QStringLiteral(WEIR_FUZZ_CORPUS "/%1").arg(entry.name) << index++;
        }
    }
    void storedInputsKeepEveryPromise() {
        QFETCH(QString, folder);
        QFETCH(int, entry);
        int accepted = 0;
        const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files, QDir::Name);
        for (const QFileInfo& info : files) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            // Memory of exactly this size, so that a sanitizer sees a step outside.
            const auto size = static_cast<std::size_t>(content.size());
            const std::unique_ptr<std::byte[]> copy(new std::byte[size]);
            std::memcpy(copy.get(), content.constData(), size);
            qDebug("%s", qPrintable(info.fileName()));
            accepted += kEntries[static_cast<std::size_t>(entry)].run({copy.get(), size}) ? 1 : 0;
        }
        QVERIFY2(accepted >= kEntries[static_cast<std::size_t>(entry)].accepted, qPrintable(QString::number(accepted)));
    }
    void emptyAndTinyInputsReturn() {
        for (const Entry& entry : kEntries) {
            QVERIFY(!entry.run({}));
            for (int first = 0; first < 256; ++first) {
                for (const std::size_t size : {1U, 2U, 5U, 12U, 62U}) {
                    (void)entry.run(Bytes(size, static_cast<std::byte>(first)));
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TstFuzzCorpus)
#include "tst_fuzz_corpus.moc"

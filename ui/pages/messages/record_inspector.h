// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "ui/backend/records.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace weir::ui {

class DataTable;
class DiffView;
class ElidedLabel;
class HexView;
class JsonView;
class KeyValueList;
class SegmentedControl;

/// What is in one record: value and key through every decoder (and why the others failed), raw bytes, headers, where it
/// stands and in which batch, and what changed since the previous record with its key.
class RecordInspector : public QWidget {
    Q_OBJECT

public:
    RecordInspector(RecordBrowser& records, QWidget* parent = nullptr);
    /// Loads and shows; the last call wins.
    void inspect(const RowAddress& address);
    void clear();
    [[nodiscard]] const std::optional<RecordDetail>& detail() const { return m_detail; }

Q_SIGNALS:
    /// "value.price == 93.2", made by clicking a field.
    void filterRequested(const QString& expression);
    void columnRequested(const QString& path);
    void plotRequested(const QString& path);
    void publishRequested(const weir::OutgoingRecord& record);
    void closeRequested();
    /// The subject of the schema that the shown part was read with.
    void schemaRequested(const QString& subject);
    void failed(const QString& sentence);

private:
    enum Tab { kValue, kKey, kHeaders, kDetails, kDiff };
    void buildHead(QVBoxLayout* column);
    QWidget* buildDecoded();
    void showDetail();
    void showTab(int tab);
    void showDecoded();
    void showSchema(const DecodedView* view);
    void showFacts();
    void loadDiff();
    void fieldMenu(const QString& path, const QString& value, QPoint at);

    RecordBrowser& m_records;
    int m_asked = 0;
    std::optional<RecordDetail> m_detail;
    ElidedLabel* m_title;
    SegmentedControl* m_tabs;
    QStackedWidget* m_stack;
    QComboBox* m_decoder;
    QLabel* m_size;
    QWidget* m_schema;
    QLabel* m_schemaNote;
    QPushButton* m_schemaLink;
    QString m_schemaSubject;
    QStackedWidget* m_views;
    JsonView* m_text;
    HexView* m_hex;
    KeyValueList* m_headers;
    KeyValueList* m_facts;
    QLabel* m_why;
    DiffView* m_diff;
    QLabel* m_diffNote;
};

}  // namespace weir::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/file_form.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>

#include "ui/pages/publish/schema_picker.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/rate_slider.h"

namespace weir::ui {

namespace {

constexpr double kSlowest = 1;
constexpr double kFastest = 100000;

}  // namespace

FileForm::FileForm(Publisher& publisher, Schemas& schemas, QWidget* parent) : QWidget(parent), m_publisher(publisher) {
    setAcceptDrops(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(12);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    auto* fileRow = new QHBoxLayout;
    fileRow->setSpacing(Theme::kGap);
    m_path = new QLineEdit(this);
    m_path->setFont(Theme::of().font(FontRole::kMono));
    m_path->setPlaceholderText(tr("Drop a file here, or choose one"));
    m_path->setAccessibleName(tr("File"));
    auto* browse = makeButton(tr("Choose"), ButtonKind::kOrdinary, QStringLiteral("folder"), this);
    fileRow->addWidget(m_path, 1);
    fileRow->addWidget(browse);
    form->addRow(tr("File"), fileRow);
    m_format = new QComboBox(this);
    m_format->addItems({tr("NDJSON: one JSON object a line"), tr("CSV with a header line"), tr("Plain lines")});
    m_format->setAccessibleName(tr("Format"));
    form->addRow(tr("Format"), m_format);
    m_keyField = new QLineEdit(this);
    m_keyField->setAccessibleName(tr("Key from field"));
    m_keyField->setPlaceholderText(tr("none: records have no key"));
    m_keyField->setToolTip(tr("The JSON field or CSV column whose value becomes the key."));
    form->addRow(tr("Key from field"), m_keyField);
    m_keySchema = new SchemaPicker(schemas, tr("Key"), this);
    m_valueSchema = new SchemaPicker(schemas, tr("Value"), this);
    form->addRow(tr("Key as"), m_keySchema);
    form->addRow(tr("Value as"), m_valueSchema);
    for (SchemaPicker* picker : {m_keySchema, m_valueSchema}) {
        form->setRowVisible(picker, false);
        connect(picker, &SchemaPicker::offered, form, [form, picker](bool any) { form->setRowVisible(picker, any); });
    }
    m_compression = new QComboBox(this);
    m_compression->addItems(
        {tr("None"), QStringLiteral("gzip"), QStringLiteral("snappy"), QStringLiteral("lz4"), QStringLiteral("zstd")});
    m_compression->setAccessibleName(tr("Compression"));
    form->addRow(tr("Compression"), m_compression);
    m_pace = new QComboBox(this);
    m_pace->setAccessibleName(tr("Pace"));
    m_pace->addItems({tr("As fast as possible"), tr("At a rate")});
    m_rate = new RateSlider(kSlowest, kFastest, this);
    m_rate->setRate(100);
    m_rate->setEnabled(false);
    auto* paceRow = new QHBoxLayout;
    paceRow->setSpacing(Theme::kGap);
    paceRow->addWidget(m_pace);
    paceRow->addWidget(m_rate, 1);
    form->addRow(tr("Pace"), paceRow);
    m_preview = new QPlainTextEdit(this);
    m_preview->setReadOnly(true);
    m_preview->setFont(Theme::of().font(FontRole::kMono));
    m_preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_preview->setAccessibleName(tr("What the first lines become"));
    m_preview->setPlaceholderText(tr("What the first lines would become is shown here."));
    m_problem = makeLabel(QString(), FontRole::kSecondary, Tint::kBadText, this);
    m_problem->setWordWrap(true);
    m_problem->hide();
    form->addRow(tr("Preview"), m_preview);
    form->addRow(QString(), m_problem);
    connect(browse, &QPushButton::clicked, this, &FileForm::choose);
    connect(m_path, &QLineEdit::textChanged, this, &FileForm::preview);
    connect(m_format, &QComboBox::currentIndexChanged, this, &FileForm::preview);
    connect(m_keyField, &QLineEdit::textChanged, this, &FileForm::preview);
    connect(m_keySchema, &SchemaPicker::changed, this, &FileForm::preview);
    connect(m_valueSchema, &SchemaPicker::changed, this, &FileForm::preview);
    connect(m_pace, &QComboBox::currentIndexChanged, m_rate, [this](int index) { m_rate->setEnabled(index == 1); });
}

bool FileForm::hasFile() const {
    return !m_path->text().trimmed().isEmpty();
}

FileSpec FileForm::spec() const {
    FileSpec spec;
    spec.path = m_path->text().trimmed();
    spec.format = static_cast<FileFormat>(m_format->currentIndex());
    spec.keyField = m_keyField->text().trimmed();
    spec.keySchema = m_keySchema->chosen();
    spec.valueSchema = m_valueSchema->chosen();
    spec.options.compression = static_cast<Compression>(m_compression->currentIndex());
    spec.rate = m_pace->currentIndex() == 1 ? m_rate->rate() : 0;
    return spec;
}

void FileForm::setTopic(const QString& name) {
    if (name != m_topic) {
        m_topic = name;
        refreshSchemas();
    }
}

void FileForm::refreshSchemas() {
    m_keySchema->refresh(m_topic + QStringLiteral("-key"));
    m_valueSchema->refresh(m_topic + QStringLiteral("-value"));
}

void FileForm::setPath(const QString& path) {
    if (path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
        m_format->setCurrentIndex(static_cast<int>(FileFormat::kCsv));
    } else if (path.endsWith(QLatin1String(".txt"), Qt::CaseInsensitive)) {
        m_format->setCurrentIndex(static_cast<int>(FileFormat::kLines));
    } else {
        m_format->setCurrentIndex(static_cast<int>(FileFormat::kNdjson));
    }
    m_path->setText(path);
}

void FileForm::choose() {
    // Not modal: the window goes on while the person looks for the file.
    auto* dialog = new QFileDialog(this, tr("Publish a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilter(tr("Records (*.ndjson *.jsonl *.json *.csv *.txt);;All files (*)"));
    connect(dialog, &QFileDialog::fileSelected, this, &FileForm::setPath);
    dialog->open();
}

void FileForm::preview() {
    Q_EMIT changed();
    m_problem->hide();
    const int asked = ++m_asked;
    if (!hasFile()) {
        m_preview->clear();
        return;
    }
    m_publisher.previewFile(spec(), this, [this, asked](const ClusterResult<QStringList>& answer) {
        if (asked != m_asked) {
            return;
        }
        m_preview->setPlainText(answer.ok() ? answer.value().join(QLatin1Char('\n')) : QString());
        m_problem->setVisible(!answer.ok());
        if (!answer.ok()) {
            m_problem->setText(QString::fromStdString(answer.error().message));
        }
    });
}

void FileForm::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void FileForm::dropEvent(QDropEvent* event) {
    setPath(event->mimeData()->urls().first().toLocalFile());
    event->acceptProposedAction();
}

}  // namespace weir::ui

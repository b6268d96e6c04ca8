// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

class QLabel;
class QMenu;
class QSpinBox;
class QStackedWidget;

namespace weir::ui {

class DataTable;
class FileForm;
class JobsStrip;
class OnceForm;
class PublishedModel;
class RateSlider;
class SegmentedControl;
class TopicField;

/// Let me send: one record, the same one again and again with generators, or a file. What was typed stays.
class PublishPage : public Page {
    Q_OBJECT

public:
    explicit PublishPage(Backend& backend, QWidget* parent = nullptr);
    void open(const NavigationTarget& target) override;
    void focusSearch() override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

private:
    enum Mode { kOnce, kRepeat, kFile };
    QWidget* buildForms();
    QWidget* buildRepeat();
    QWidget* buildResults();
    void buildTemplates();
    void showTemplates();
    void saveTemplate();
    void loadTemplate(const QString& name);
    void setMode(int mode);
    void send();
    void sendOnce(const QString& topic);
    void sendRepeat(const QString& topic);
    void sendFile(const QString& topic);
    void topicChanged();
    void previewRepeat();

    SegmentedControl* m_mode;
    TopicField* m_topic;
    QLabel* m_topicHint;
    QStackedWidget* m_forms;
    OnceForm* m_once;
    OnceForm* m_repeat;
    FileForm* m_file;
    RateSlider* m_rate;
    QSpinBox* m_count;
    QLabel* m_sample;
    PublishedModel* m_model;
    DataTable* m_results;
    QAction* m_send;
    QMenu* m_templates;
};

}  // namespace weir::ui

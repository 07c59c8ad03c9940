public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the reporting worker as others order them: names and payloads, told once for both sides.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `generate_weekly_reports` | ``Run`` | the zone and the moment |
/// | `generate_monthly_reports` | ``Run`` | the zone and the moment |
/// | `generate_report` | ``Report`` | the report |
/// | `render_pdf` | ``Report`` | the report |
/// | `send_pending_reports` | ``Sending`` | the report, or the moment |
/// | `check_report_template` | ``Template`` | the template and its revision |
/// | `fetch_brand_logo` | ``Brand`` | the brand and its revision |
/// | `render_document` | ``Document`` | the document |
public enum ReportsJobs {
    /// The queue, which is also the Redis list of the worker.
    public static let queue = "reporting"

    /// Names a due time of the calendar in a zone.
    public struct Run: Codable, Hashable, Sendable {
        /// An IANA zone: the accounts that live in it.
        public let zone: String
        /// Business time.
        public let dueAt: Date

        enum CodingKeys: String, CodingKey {
            case zone
            case dueAt = "due_at"
        }
    }

    /// Names a report.
    public struct Report: Codable, Hashable, Sendable {
        /// `igny8_service_reports.id`
        public let reportID: Int64

        enum CodingKeys: String, CodingKey { case reportID = "report_id" }
    }

    /// Names what is to be sent.
    public struct Sending: Codable, Hashable, Sendable {
        /// This report; without it, all that are ready and unsent.
        public let reportID: Int64?
        /// Somebody asked for it: it is sent although it was before, if it has been made anew since.
        public let isAskedFor: Bool?

        enum CodingKeys: String, CodingKey {
            case reportID = "report_id"
            case isAskedFor = "is_asked_for"
        }
    }

    /// Names a customer's template.
    public struct Template: Codable, Hashable, Sendable {
        /// `igny8_report_templates.id`
        public let templateID: Int64

        enum CodingKeys: String, CodingKey { case templateID = "template_id" }
    }

    /// Names a brand.
    public struct Brand: Codable, Hashable, Sendable {
        /// `igny8_agency_brandings.id`
        public let brandingID: Int64

        enum CodingKeys: String, CodingKey { case brandingID = "branding_id" }
    }

    /// Names an invoice or a credit note.
    public struct Document: Codable, Hashable, Sendable {
        /// Which of the two.
        public let kind: DocumentKind
        /// `igny8_invoices.id` or `igny8_credit_notes.id`
        public let documentID: Int64

        enum CodingKeys: String, CodingKey {
            case kind
            case documentID = "document_id"
        }
    }

    /// What is made into a PDF beside reports.
    public enum DocumentKind: String, Codable, Hashable, Sendable {
        case invoice
        case creditNote = "credit_note"
    }

    /// Makes last week's reports of the accounts of a zone.
    public static func weekly(inZone zone: String, dueAt: Date) -> NewJob {
        run("generate_weekly_reports", zone, dueAt)
    }

    /// Makes last month's reports of the accounts of a zone, and last quarter's where a quarter has ended.
    public static func monthly(inZone zone: String, dueAt: Date) -> NewJob {
        run("generate_monthly_reports", zone, dueAt)
    }

    /// Gathers the facts of a report whose status is `queued`; the rest follows by itself: rendering, then the mail.
    /// - Parameter priority: above 0 for one that somebody waits for.
    public static func generate(_ report: Int64, account: Account.ID, priority: Int = 0) -> NewJob {
        job("generate_report", Report(reportID: report), key: "report:\(report)", account: account, priority: priority)
    }

    /// Renders a report whose facts are stored, and whose status is `rendering`.
    public static func render(_ report: Int64, account: Account.ID, priority: Int = 0) -> NewJob {
        job("render_pdf", Report(reportID: report), key: "report:\(report)", account: account, priority: priority)
    }

    /// Sends a report that is ready, unless it was sent before or waits for an approval.
    public static func send(_ report: Int64, account: Account.ID) -> NewJob {
        job(
            "send_pending_reports",
            Sending(reportID: report, isAskedFor: nil),
            key: "report:\(report)",
            account: account
        )
    }

    /// Sends a report when the time that staff have to look at it has passed, if silence means yes.
    public static func send(_ report: Int64, account: Account.ID, at deadline: Date) -> NewJob {
        var job = job(
            "send_pending_reports",
            Sending(reportID: report, isAskedFor: nil),
            key: "deadline:\(report)",
            account: account
        )
        job.runAt = deadline
        return job
    }

    /// Sends a report because somebody asked for it: each edition goes to each recipient once.
    public static func sendAgain(_ report: Int64, account: Account.ID) -> NewJob {
        job(
            "send_pending_reports",
            Sending(reportID: report, isAskedFor: true),
            key: "asked:\(report)",
            account: account,
            priority: 10
        )
    }

    /// Sends whatever is ready, unsent, and waits for nobody.
    public static func sendPending(at moment: Date) -> NewJob {
        var job = job(
            "send_pending_reports",
            Sending(reportID: nil, isAskedFor: nil),
            key: "at:\(Int(moment.timeIntervalSince1970))"
        )
        job.runAt = moment
        return job
    }

    /// Renders the sample with a customer's template and stores whether it can be used.
    /// - Parameter revision: of the template; a changed one has a check of its own.
    public static func checkTemplate(_ template: Int64, revision: Int64, account: Account.ID) -> NewJob {
        job(
            "check_report_template",
            Template(templateID: template),
            key: "template:\(template):\(revision)",
            account: account,
            priority: 10
        )
    }

    /// Fetches, checks and stores the picture behind a brand's `brand_logo_url`.
    /// - Parameter revision: of the brand; a changed one has a job of its own.
    public static func fetchLogo(_ branding: Int64, revision: Int64, account: Account.ID) -> NewJob {
        job(
            "fetch_brand_logo",
            Brand(brandingID: branding),
            key: "branding:\(branding):\(revision)",
            account: account,
            priority: 10
        )
    }

    /// Makes the PDF of an issued invoice or credit note, once.
    public static func renderDocument(_ kind: DocumentKind, _ id: Int64, account: Account.ID) -> NewJob {
        job(
            "render_document",
            Document(kind: kind, documentID: id),
            key: "\(kind.rawValue):\(id)",
            account: account,
            priority: 10
        )
    }

    private static func run(_ task: String, _ zone: String, _ dueAt: Date) -> NewJob {
        var job = job(
            task,
            Run(zone: zone, dueAt: dueAt),
            key: "\(zone):\(Int(dueAt.timeIntervalSince1970))"
        )
        job.runAt = dueAt
        return job
    }

    /// A job of this queue.
    static func job(
        _ task: String,
        _ payload: some Encodable & Sendable,
        key: String,
        account: Account.ID? = nil,
        priority: Int = 0
    ) -> NewJob {
        NewJob(
            queue: queue,
            task: task,
            account: account?.rawValue,
            payload: payload,
            uniqueKey: key,
            priority: priority
        )
    }
}

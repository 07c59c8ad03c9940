/// What was lost, is late or failed (spec 11.11), with what is known of the cause (11.15).
public struct LossFacts: Codable, Hashable, Sendable {
    /// Links lost in the period, with evidence.
    public var links: [LostLink] = []
    /// Live links on which our own fetch has failed once: no loss yet (spec 11.5).
    public var suspected = 0
    /// Links delivered in the period in place of lost ones.
    public var replaced = 0
    /// Links refused after delivery in the period.
    public var rejected = 0
    /// Credit notes of the period on invoices of this site.
    public var refunds: [Refund] = []
    /// Flags that stood in the period and concern the client.
    public var delays: [Delay] = []
    /// Links whose day was passed at the end of the period and that are not delivered.
    public var lateLinks = 0
    /// Links that no service could bring into the index, by the end of the period.
    public var indexingFailures: [IndexingFailure] = []
    /// Days of the period that Search Console had not given when the facts were gathered; nil without a connection.
    public var missingDays: Int?
    public var anomalies: [ReportAnomaly] = []

    public init() {}

    /// How many things there are to tell.
    public var count: Int {
        links.count + rejected + refunds.count + delays.count + lateLinks + indexingFailures.count
    }

    /// One lost link.
    public struct LostLink: Codable, Hashable, Sendable {
        public var id: Int64
        public var sourceURL: String
        public var sourceDomain: String
        public var targetURL: String
        public var rating: Int?
        public var lostOn: CalendarDay
        /// The two witnesses, in words.
        public var reason: String
        /// Our own last look: ``LinkVerdict``, and the page's answer.
        public var verdict: String?
        public var httpStatus: Int?
        /// The looks that failed, the last two at most: who looked, when, what was found.
        public var evidence: [Look]
        /// The link in its place: where, and its status; nil while there is none.
        public var replacement: Replacement?
        /// The state of the claim under the publisher's guarantee; nil without one.
        public var claim: String?
        public var orderNumber: Int64?

        public init(
            id: Int64,
            sourceURL: String,
            sourceDomain: String,
            targetURL: String,
            rating: Int?,
            lostOn: CalendarDay,
            reason: String,
            verdict: String?,
            httpStatus: Int?,
            evidence: [Look],
            replacement: Replacement?,
            claim: String?,
            orderNumber: Int64?
        ) {
            self.id = id
            self.sourceURL = sourceURL
            self.sourceDomain = sourceDomain
            self.targetURL = targetURL
            self.rating = rating
            self.lostOn = lostOn
            self.reason = reason
            self.verdict = verdict
            self.httpStatus = httpStatus
            self.evidence = evidence
            self.replacement = replacement
            self.claim = claim
            self.orderNumber = orderNumber
        }

        private enum CodingKeys: String, CodingKey {
            case sourceURL = "sourceUrl"
            case targetURL = "targetUrl"
            case id, sourceDomain, rating, lostOn, reason, verdict, httpStatus, evidence, replacement, claim
            case orderNumber
        }
    }

    /// One look at a link.
    public struct Look: Codable, Hashable, Sendable {
        /// `fetch` or `ahrefs`.
        public var witness: String
        public var verdict: String
        public var httpStatus: Int?
        public var on: CalendarDay

        public init(witness: String, verdict: String, httpStatus: Int?, on: CalendarDay) {
            self.witness = witness
            self.verdict = verdict
            self.httpStatus = httpStatus
            self.on = on
        }
    }

    /// What stands in for a lost link.
    public struct Replacement: Codable, Hashable, Sendable {
        public var sourceDomain: String?
        public var status: String

        public init(sourceDomain: String?, status: String) {
            self.sourceDomain = sourceDomain
            self.status = status
        }
    }

    /// Money given back.
    public struct Refund: Codable, Hashable, Sendable {
        public var number: String
        public var invoiceNumber: String
        public var amount: Money
        public var issuedOn: CalendarDay
        public var reason: String

        public init(number: String, invoiceNumber: String, amount: Money, issuedOn: CalendarDay, reason: String) {
            self.number = number
            self.invoiceNumber = invoiceNumber
            self.amount = amount
            self.issuedOn = issuedOn
            self.reason = reason
        }
    }

    /// Something late: a delivery flag.
    public struct Delay: Codable, Hashable, Sendable {
        public var kind: DeliveryFlagKind
        /// What it is about: `4 of 9 articles due by now`.
        public var detail: String
        public var since: CalendarDay
        /// Nil while it stands.
        public var clearedOn: CalendarDay?

        public init(kind: DeliveryFlagKind, detail: String, since: CalendarDay, clearedOn: CalendarDay?) {
            self.kind = kind
            self.detail = detail
            self.since = since
            self.clearedOn = clearedOn
        }
    }

    /// A link that is not indexed after all that was tried.
    public struct IndexingFailure: Codable, Hashable, Sendable {
        public var url: String
        public var checks: Int
        public var submittedOn: CalendarDay?

        public init(url: String, checks: Int, submittedOn: CalendarDay?) {
            self.url = url
            self.checks = checks
            self.submittedOn = submittedOn
        }
    }
}

/// More of something in one place than chance would have it: 6 of 7 losses on one host (spec 11.15).
public struct ReportAnomaly: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Lost links on one domain.
        case lossesOnHost = "losses_on_host"
        /// Lost links from one publisher: the name is the publisher's domain.
        case lossesOfPublisher = "losses_of_publisher"
        /// Lost links that failed in the same way.
        case lossesOfOneKind = "losses_of_one_kind"
        /// Clicks that were lost on pages that lost, on one page.
        case clicksOfPage = "clicks_of_page"
        /// Pages with an error that Google explains in the same words.
        case errorsOfOneKind = "errors_of_one_kind"
    }

    public var kind: Kind
    /// The host, the publisher, the page, the verdict.
    public var name: String
    public var part: Int
    public var whole: Int

    public init(kind: Kind, name: String, part: Int, whole: Int) {
        self.kind = kind
        self.name = name
        self.part = part
        self.whole = whole
    }
}

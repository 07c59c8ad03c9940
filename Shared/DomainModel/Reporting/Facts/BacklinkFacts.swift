/// Links built for the site (spec 7, section 6). Amounts are what the client pays, never what a link costs the agency.
public struct BacklinkFacts: Codable, Hashable, Sendable {
    /// Links delivered in the period.
    public var built: Comparison
    /// Of those built in the period: in Google's index now.
    public var builtIndexed: Int
    /// At the end of the period.
    public var live: Comparison
    /// Links lost in the period; which, stands in ``LossFacts``.
    public var lost: Comparison
    /// Of the built ones with a score: the mean, one place.
    public var quality: Ratio?
    /// Links built in the period and links live now, by the strength of their domains.
    public var ratings: [RatingRange]
    public var budget: Budget
    /// Orders with something delivered in the period, or open at its end.
    public var orders: [Order]
    /// All of them, the newest last (spec 7: each is listed).
    public var links: [Link]
    /// By Ahrefs; nil without a snapshot.
    public var domainRating: DecimalComparison?
    public var referringDomains: Comparison?
    /// By week, back from the end of the period.
    public var trend: [Point]

    public init(built: Comparison, live: Comparison, lost: Comparison, budget: Budget) {
        self.built = built
        self.live = live
        self.lost = lost
        self.budget = budget
        builtIndexed = 0
        ratings = []
        orders = []
        links = []
        trend = []
    }

    /// Links whose domain's rating lies between two numbers, both included; nil for those without a rating.
    public struct RatingRange: Codable, Hashable, Sendable {
        public var from: Int?
        public var to: Int?
        public var built: Int
        public var live: Int

        public init(from: Int?, to: Int?, built: Int, live: Int) {
            self.from = from
            self.to = to
            self.built = built
            self.live = live
        }
    }

    /// Spent against planned. Of a week, both are of its month so far: budgets are monthly.
    public struct Budget: Codable, Hashable, Sendable {
        public var from: CalendarDay
        public var to: CalendarDay
        /// Charged for orders that went out between these days, in the account's currency.
        public var spent: Money
        /// Charged in other currencies: no sum across currencies (spec 9.1).
        public var spentElsewhere: [Money]
        /// The monthly budget times the months; nil where none is agreed.
        public var planned: Money?

        public init(from: CalendarDay, to: CalendarDay, spent: Money, spentElsewhere: [Money], planned: Money?) {
            self.from = from
            self.to = to
            self.spent = spent
            self.spentElsewhere = spentElsewhere
            self.planned = planned
        }
    }

    /// One order of links.
    public struct Order: Codable, Hashable, Sendable {
        public var number: Int64
        public var package: String
        /// ``BacklinkOrderStatus``.
        public var status: String
        public var agreed: Int
        public var delivered: Int
        public var live: Int
        public var indexed: Int
        public var charged: Money
        /// What the deliverables tie to (spec 11.11); nil while it is not invoiced.
        public var invoiceNumber: String?
        public var dueOn: CalendarDay?

        public init(
            number: Int64,
            package: String,
            status: String,
            agreed: Int,
            delivered: Int,
            live: Int,
            indexed: Int,
            charged: Money,
            invoiceNumber: String?,
            dueOn: CalendarDay?
        ) {
            self.number = number
            self.package = package
            self.status = status
            self.agreed = agreed
            self.delivered = delivered
            self.live = live
            self.indexed = indexed
            self.charged = charged
            self.invoiceNumber = invoiceNumber
            self.dueOn = dueOn
        }
    }

    /// One link built in the period.
    public struct Link: Codable, Hashable, Sendable {
        public var id: Int64
        public var sourceURL: String
        public var sourceDomain: String
        public var targetURL: String
        public var anchor: String
        public var rating: Int?
        /// ``BacklinkStatus`` now.
        public var status: String
        public var isIndexed: Bool
        /// Nil where the order has one price.
        public var price: Money?
        public var deliveredOn: CalendarDay
        public var orderNumber: Int64?
        public var invoiceNumber: String?
        /// Whether it stands in for a link that was lost.
        public var isReplacement: Bool

        public init(
            id: Int64,
            sourceURL: String,
            sourceDomain: String,
            targetURL: String,
            anchor: String,
            rating: Int?,
            status: String,
            isIndexed: Bool,
            price: Money?,
            deliveredOn: CalendarDay,
            orderNumber: Int64?,
            invoiceNumber: String?,
            isReplacement: Bool
        ) {
            self.id = id
            self.sourceURL = sourceURL
            self.sourceDomain = sourceDomain
            self.targetURL = targetURL
            self.anchor = anchor
            self.rating = rating
            self.status = status
            self.isIndexed = isIndexed
            self.price = price
            self.deliveredOn = deliveredOn
            self.orderNumber = orderNumber
            self.invoiceNumber = invoiceNumber
            self.isReplacement = isReplacement
        }

        private enum CodingKeys: String, CodingKey {
            case sourceURL = "sourceUrl"
            case targetURL = "targetUrl"
            case id, sourceDomain, anchor, rating, status, isIndexed, price, deliveredOn, orderNumber, invoiceNumber
            case isReplacement
        }
    }

    /// What Ahrefs said by a day.
    public struct Point: Codable, Hashable, Sendable {
        public var day: CalendarDay
        public var domainRating: Ratio?
        public var referringDomains: Int?

        public init(day: CalendarDay, domainRating: Ratio?, referringDomains: Int?) {
            self.day = day
            self.domainRating = domainRating
            self.referringDomains = referringDomains
        }
    }
}

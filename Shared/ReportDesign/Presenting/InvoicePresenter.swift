public import DomainModel
public import Foundation
import Mustache

/// What the PDF of an invoice or a credit note is made of: what was final at its issue, and nothing that changes afterwards
/// (payments, credits), so that the document is made once.
public struct InvoicePaper: Sendable {
    /// The invoice, or the one that is corrected.
    public let invoice: Invoice
    /// The correction; nil for the invoice itself.
    public let note: CreditNote?
    /// The account's zone, in which days of credit notes are meant.
    public let zone: TimeZone

    /// An invoice, or a credit note on it.
    public init(_ invoice: Invoice, note: CreditNote? = nil, zone: TimeZone) {
        self.invoice = invoice
        self.note = note
        self.zone = zone
    }
}

/// Makes the HTML of an invoice or a credit note: a pure function, the same bytes each time.
public enum InvoicePresenter {
    /// The document for the renderer.
    public static func document(_ paper: InvoicePaper, _ design: ReportDesign) throws -> ReportDocument {
        let (kind, number) = (paper.note == nil ? "Invoice" : "Credit note", paper.number)
        let title = "\(kind) \(number)"
        let view = View.object([
            "document": .object(["language": .text(language), "title": .text(title)]), "brand": brand(design),
            "kind": .text(kind), "number": .text(number), "seller": party(paper.invoice.seller),
            "buyer": party(paper.invoice.buyer), "facts": .list(facts(paper)), "lines": .list(lines(paper)),
            "totals": .list(totals(paper)),
            "notes": .list([.text("Amounts in \(paper.currency.code). A correction of an invoice is a credit note.")]),
        ])
        return ReportDocument(
            html: HouseTemplates.library.render(view, withTemplate: "invoice") ?? "",
            styleSheets: [HouseTemplates.baseCSS, HouseTemplates.invoiceCSS],
            title: title,
            language: language,
            author: paper.invoice.seller.name,
            created: paper.note?.issuedAt ?? paper.invoice.issuedAt ?? Date(timeIntervalSince1970: 0),
            assets: design.logo.map { [.init(sha256: $0.sha256, mediaType: $0.mediaType)] } ?? []
        )
    }

    private static let language = "en-GB"

    private static func brand(_ design: ReportDesign) -> View {
        var brand: [String: View] = [
            "name": .text(design.brandName), "primary": .text(design.primaryColor), "primary_text": "#ffffff",
            "primary_on_dark": .text(design.primaryColor), "secondary": .text(design.secondaryColor),
            "footer_text": .text(design.footerText.isEmpty ? design.brandName : design.footerText),
        ]
        if let logo = design.logo { brand["logo"] = .text("asset:\(logo.sha256)") }
        return .object(brand)
    }

    private static func party(_ party: Party) -> View {
        let lines = party.address + [party.taxID.map { "Tax ID \($0)" }, party.email].compactMap { $0 }
        return .object(["name": .text(party.name), "language": .text(language), "lines": .list(lines.map(View.text))])
    }

    private static func facts(_ paper: InvoicePaper) -> [View] {
        var facts: [(String, String)] = []
        if let note = paper.note {
            facts.append(("Issued", words(CalendarDay(of: note.issuedAt, in: paper.zone))))
            facts.append(("Invoice", paper.invoice.number?.description ?? ""))
            if !note.reason.isEmpty { facts.append(("Reason", note.reason)) }
        } else {
            if let day = paper.invoice.issuedOn { facts.append(("Issued", words(day))) }
            if let served = paper.invoice.served {
                facts.append(("Period", "\(words(served.from)) to \(words(served.lastDay))"))
            }
        }
        return facts.map { .object(["fact": .text($0.0), "fact_value": .text($0.1)]) }
    }

    private static func lines(_ paper: InvoicePaper) -> [View] {
        func line(_ text: String, _ quantity: String, _ price: String, _ rate: Ratio, _ amount: Money) -> View {
            .object([
                "description": .text(text), "quantity": .text(quantity), "unit_price": .text(price),
                "tax": .text(percent(rate)), "amount": .text(words(amount)),
            ])
        }
        guard let note = paper.note else {
            return paper.invoice.lines.map {
                line($0.description, String($0.quantity), words($0.unitPrice), $0.taxRate, $0.net)
            }
        }
        return note.lines.map { credited in
            let original =
                paper.invoice.lines.indices.contains(credited.position - 1)
                ? paper.invoice.lines[credited.position - 1].description : credited.kind.rawValue
            return line(original, "1", words(negative(credited.net)), credited.taxRate, negative(credited.net))
        }
    }

    private static func totals(_ paper: InvoicePaper) -> [View] {
        var taxes: [(rate: Ratio, amount: Money)] = []
        if let note = paper.note {
            taxes = note.lines.map { ($0.taxRate, $0.tax) }
        } else {
            taxes = paper.invoice.lines.map { ($0.taxRate, $0.tax) }
        }
        func signed(_ amount: Money) -> Money { paper.note == nil ? amount : negative(amount) }
        let (net, tax) = (paper.note?.net ?? paper.invoice.net, paper.note?.tax ?? paper.invoice.tax)
        var totals: [(label: String, amount: Money, isDue: Bool)] = [("Net", signed(net), false)]
        var rates: [Ratio] = []
        for part in taxes where !part.amount.isZero && !rates.contains(part.rate) { rates.append(part.rate) }
        for rate in rates {
            let sum = taxes.filter { $0.rate == rate }.reduce(Int64(0)) { $0 + $1.amount.minor }
            totals.append(("Tax \(percent(rate))", signed(Money(minor: sum, currency: paper.currency)), false))
        }
        let total = Money(minor: net.minor + tax.minor, currency: paper.currency)
        totals.append((paper.note == nil ? "Total" : "Credit", signed(total), true))
        return totals.map { label, amount, isDue in
            var row: [String: View] = ["total_label": .text(label), "total_value": .text(words(amount))]
            if isDue { row["is_due"] = true }
            return .object(row)
        }
    }

    // MARK: Words

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static func words(_ day: CalendarDay) -> String { "\(day.day) \(months[day.month - 1]) \(day.year)" }

    /// `$1,234.50`, `−€20.00`, `CHF 5.00`.
    static func words(_ amount: Money) -> String {
        let symbols = ["USD": "$", "EUR": "€", "GBP": "£"]
        let parts = amount.magnitude.decimalString.split(separator: ".", maxSplits: 1)
        var whole = ""
        for (place, digit) in parts[0].reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { whole.insert(",", at: whole.startIndex) }
            whole.insert(digit, at: whole.startIndex)
        }
        let decimals = parts.count > 1 ? ".\(parts[1])" : ""
        let code = amount.currency.code
        return (amount.isNegative ? "−" : "") + (symbols[code] ?? "\(code)\u{A0}") + whole + decimals
    }

    /// `20 %` of 0.2.
    private static func percent(_ rate: Ratio) -> String {
        let text = Ratio(unscaled: rate.unscaled * 100, scale: rate.scale)?.description ?? rate.description
        guard text.contains(".") else { return "\(text) %" }
        let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(short.reversed()) + " %"
    }

    private static func negative(_ amount: Money) -> Money { Money(minor: -amount.minor, currency: amount.currency) }
}

extension InvoicePaper {
    fileprivate var number: String { note?.number ?? invoice.number?.description ?? "" }
    fileprivate var currency: Currency { invoice.currency }
}

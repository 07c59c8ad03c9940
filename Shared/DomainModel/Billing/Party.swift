/// Seller or buyer as they stood on the day of issue: a snapshot, so that later changes leave the invoice as it was.
public struct Party: Codable, Hashable, Sendable {
    /// The legal name.
    public var name: String
    /// Lines of the postal address.
    public var address: [String]
    /// Where mail about the invoice goes.
    public var email: String
    /// VAT or tax number.
    public var taxID: String?

    /// Names a party.
    public init(name: String, address: [String] = [], email: String, taxID: String? = nil) {
        self.name = name
        self.address = address
        self.email = email
        self.taxID = taxID
    }

    private enum CodingKeys: String, CodingKey {
        case name, address, email
        case taxID = "tax_id"
    }

    /// The agency, the seller of everything that is not resold.
    public static let agency = Party(name: "Alorig", email: "billing@alorig.example")
}

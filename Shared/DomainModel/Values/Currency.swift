/// An ISO 4217 currency with its own number of decimals (spec 9.1: JPY 0, USD 2, BHD 3).
public struct Currency: Hashable, Sendable {
    /// Three capital letters: `USD`.
    public let code: String
    /// How many decimals its smallest unit has: 2 for USD.
    public let exponent: Int

    /// Looks a currency up by its code, in any case.
    /// - Returns: nil for a code that is not an active ISO 4217 currency.
    public init?(code: String) {
        let code = code.uppercased()
        guard let exponent = Self.exponents[code] else { return nil }
        self.code = code
        self.exponent = exponent
    }

    private init(known code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    /// US dollar, the currency of the catalogue's seeds.
    public static let usd = Currency(known: "USD", exponent: 2)
    /// Euro.
    public static let eur = Currency(known: "EUR", exponent: 2)
    /// Pound sterling.
    public static let gbp = Currency(known: "GBP", exponent: 2)
    /// Canadian dollar.
    public static let cad = Currency(known: "CAD", exponent: 2)
    /// Yen: no decimals.
    public static let jpy = Currency(known: "JPY", exponent: 0)
    /// Bahraini dinar: three decimals.
    public static let bhd = Currency(known: "BHD", exponent: 3)

    /// How many smallest units make one: 100 for USD, 1 for JPY.
    public var minorPerMajor: Int64 { Self.powersOfTen[exponent] }

    private static let powersOfTen: [Int64] = [1, 10, 100, 1_000, 10_000]

    private static let exponents: [String: Int] = {
        let byExponent: [(Int, String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (
                2,
                """
                AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
                COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR \
                ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
                MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
                SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER \
                ZAR ZMW ZWG
                """
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ]
        var table: [String: Int] = [:]
        for (exponent, codes) in byExponent {
            for code in codes.split(separator: " ") { table[String(code)] = exponent }
        }
        return table
    }()
}

extension Currency: CustomStringConvertible {
    /// The code.
    public var description: String { code }
}

extension Currency: Codable {
    /// Reads the code.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let code = try container.decode(String.self)
        guard let currency = Currency(code: code) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected an ISO 4217 currency code such as USD"
            )
        }
        self = currency
    }

    /// Writes the code.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}

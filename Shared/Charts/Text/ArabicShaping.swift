/// Joins Arabic letters by choosing their presentation forms.
///
/// WeasyPrint lays SVG text out character by character, so that no font can join them; with the forms chosen here the
/// single characters meet. Covers Arabic, Persian, Urdu and Sindhi; vowel marks are left out, as signs and headings do.
enum ArabicShaping {
    /// - Returns: the text in its logical order, with letters in their joined forms.
    static func shaped(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let letters = text.filter { !isMark($0) }
        var shaped: [Unicode.Scalar] = []
        shaped.reserveCapacity(letters.count)
        var joinsOn = false
        var index = 0
        while index < letters.count {
            defer { index += 1 }
            let letter = letters[index]
            guard let forms = forms(of: letter) else {
                joinsOn = letter == joiner
                if letter != joiner && letter != nonJoiner { shaped.append(letter) }
                continue
            }
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            if letter == lam, let next, let ligature = lamAlef(next) {
                shaped.append(form(ligature, joinsOn ? 1 : 0))
                joinsOn = false
                index += 1
                continue
            }
            let joinsBack = joinsOn && forms.count >= 2
            joinsOn = forms.count == 4
            let reaches =
                joinsOn && next.map { $0 == joiner || Self.forms(of: $0).map { $0.count >= 2 } ?? false } == true
            if letter == tatweel {
                shaped.append(letter)
            } else {
                shaped.append(form(forms.isolated, (reaches ? 2 : 0) + (joinsBack ? 1 : 0)))
            }
        }
        return shaped
    }

    private static let lam: Unicode.Scalar = "\u{0644}"
    private static let tatweel: Unicode.Scalar = "\u{0640}"
    private static let nonJoiner: Unicode.Scalar = "\u{200C}"
    private static let joiner: Unicode.Scalar = "\u{200D}"

    /// The forms of a letter follow one another: isolated, final, initial, medial.
    private struct Forms {
        let isolated: UInt32
        let count: Int
    }

    private static func form(_ isolated: UInt32, _ offset: Int) -> Unicode.Scalar {
        Unicode.Scalar(isolated + UInt32(offset)) ?? "\u{FFFD}"
    }

    private static func lamAlef(_ alef: Unicode.Scalar) -> UInt32? {
        switch alef.value {
        case 0x0622: 0xFEF5
        case 0x0623: 0xFEF7
        case 0x0625: 0xFEF9
        case 0x0627: 0xFEFB
        default: nil
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0610...0x061A, 0x064B...0x065F, 0x0670, 0x06D6...0x06DC, 0x06DF...0x06E4, 0x06E7, 0x06E8,
            0x06EA...0x06ED:
            true
        default: false
        }
    }

    private static func forms(of letter: Unicode.Scalar) -> Forms? {
        switch letter.value {
        case 0x0621...0x064A: formsB[Int(letter.value - 0x0621)]
        case 0x0671...0x06D3: formsA[letter.value]
        default: nil
        }
    }

    /// U+0621 to U+064A, whose forms stand in that order from U+FE80.
    private static let formsB: [Forms?] = {
        let counts = [
            1, 2, 2, 2, 2, 4, 2, 4, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, -1, 4, 4, 4, 4,
            4,
            4, 4, 2, 2, 4,
        ]
        var next: UInt32 = 0xFE80
        return counts.map { count in
            if count == 0 { return nil }
            // Tatweel joins on both sides and has one form.
            if count < 0 { return Forms(isolated: 0x0640, count: 4) }
            defer { next += UInt32(count) }
            return Forms(isolated: next, count: count)
        }
    }()

    private static let formsA: [UInt32: Forms] = {
        let table: [(UInt32, UInt32, Int)] = [
            (0x0671, 0xFB50, 2), (0x0679, 0xFB66, 4), (0x067A, 0xFB5E, 4), (0x067B, 0xFB52, 4), (0x067E, 0xFB56, 4),
            (0x067F, 0xFB62, 4), (0x0680, 0xFB5A, 4), (0x0683, 0xFB76, 4), (0x0684, 0xFB72, 4), (0x0686, 0xFB7A, 4),
            (0x0687, 0xFB7E, 4), (0x0688, 0xFB88, 2), (0x068C, 0xFB84, 2), (0x068D, 0xFB82, 2), (0x068E, 0xFB86, 2),
            (0x0691, 0xFB8C, 2), (0x0698, 0xFB8A, 2), (0x06A4, 0xFB6A, 4), (0x06A6, 0xFB6E, 4), (0x06A9, 0xFB8E, 4),
            (0x06AD, 0xFBD3, 4), (0x06AF, 0xFB92, 4), (0x06B1, 0xFB9A, 4), (0x06B3, 0xFB96, 4), (0x06BA, 0xFB9E, 2),
            (0x06BB, 0xFBA0, 4), (0x06BE, 0xFBAA, 4), (0x06C0, 0xFBA4, 2), (0x06C1, 0xFBA6, 4), (0x06C2, 0xFBA4, 2),
            (0x06C5, 0xFBE0, 2), (0x06C6, 0xFBD9, 2), (0x06C7, 0xFBD7, 2), (0x06C8, 0xFBDB, 2), (0x06C9, 0xFBE2, 2),
            (0x06CB, 0xFBDE, 2), (0x06CC, 0xFBFC, 4), (0x06D0, 0xFBE4, 4), (0x06D2, 0xFBAE, 2), (0x06D3, 0xFBB0, 2),
        ]
        return Dictionary(uniqueKeysWithValues: table.map { ($0.0, Forms(isolated: $0.1, count: $0.2)) })
    }()
}

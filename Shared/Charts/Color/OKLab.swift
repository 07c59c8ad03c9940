#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Amounts of light, 0 to 1 each inside the gamut: what colours can be mixed and simulated in.
struct LinearRGB {
    var parts: SIMD3<Double>

    init(parts: SIMD3<Double>) { self.parts = parts }

    init(_ color: RGBColor) {
        parts = SIMD3(
            Self.decoded[Int(color.red)],
            Self.decoded[Int(color.green)],
            Self.decoded[Int(color.blue)]
        )
    }

    /// Whether sRGB can show it, but for rounding.
    var isInGamut: Bool { parts.min() >= -0.000_5 && parts.max() <= 1.000_5 }

    /// The colour, parts outside the gamut cut off.
    var clamped: RGBColor {
        func encode(_ light: Double) -> UInt8 {
            let light = min(max(light, 0), 1)
            let value = light <= 0.003_130_8 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
            return UInt8((value * 255).rounded())
        }
        return RGBColor(red: encode(parts.x), green: encode(parts.y), blue: encode(parts.z))
    }

    private static let decoded: [Double] = (0..<256).map { part in
        let value = Double(part) / 255
        return value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
}

/// A colour in OKLab (Björn Ottosson, 2020), where equal distances look equally different. About 0.02 is just noticeable.
struct OKLab {
    /// Lightness, 0 to 1; green to red; blue to yellow.
    var parts: SIMD3<Double>

    init(parts: SIMD3<Double>) { self.parts = parts }

    /// - Parameter hue: degrees.
    init(lightness: Double, chroma: Double, hue: Double) {
        let angle = hue * .pi / 180
        parts = SIMD3(lightness, chroma * cos(angle), chroma * sin(angle))
    }

    init(_ color: RGBColor) { self.init(LinearRGB(color)) }

    init(_ light: LinearRGB) {
        let (red, green, blue) = (light.parts.x, light.parts.y, light.parts.z)
        let long = cbrt(0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue)
        let middle = cbrt(0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue)
        let short = cbrt(0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue)
        parts = SIMD3(
            0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short,
            1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short,
            0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short
        )
    }

    var lightness: Double { parts.x }
    var chroma: Double { (parts.y * parts.y + parts.z * parts.z).squareRoot() }
    /// Degrees, 0 to 360.
    var hue: Double {
        let angle = atan2(parts.z, parts.y) * 180 / .pi
        return angle < 0 ? angle + 360 : angle
    }

    var linear: LinearRGB {
        let long = parts.x + 0.396_337_777_4 * parts.y + 0.215_803_757_3 * parts.z
        let middle = parts.x - 0.105_561_345_8 * parts.y - 0.063_854_172_8 * parts.z
        let short = parts.x - 0.089_484_177_5 * parts.y - 1.291_485_548_0 * parts.z
        let (l, m, s) = (long * long * long, middle * middle * middle, short * short * short)
        return LinearRGB(
            parts: SIMD3(
                4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
                -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
                -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s
            )
        )
    }

    func distance(to other: OKLab) -> Double {
        let difference = parts - other.parts
        return (difference * difference).sum().squareRoot()
    }

    /// The sRGB colour of the same lightness and hue that is nearest: chroma gives way until the screen can show it.
    var nearest: RGBColor {
        if linear.isInGamut { return linear.clamped }
        var (possible, impossible) = (0.0, 1.0)
        for _ in 0..<12 {
            let share = (possible + impossible) / 2
            let paler = OKLab(parts: parts * SIMD3(1, share, share))
            if paler.linear.isInGamut { possible = share } else { impossible = share }
        }
        return OKLab(parts: parts * SIMD3(1, possible, possible)).linear.clamped
    }
}

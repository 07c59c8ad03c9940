/// How a person sees colours. The matrices are those of Machado, Oliveira and Fernandes (2009) for full severity, over
/// linear light.
public enum ColorVision: CaseIterable, Sendable {
    case normal
    /// Without the cones for long waves: about 1 % of men.
    case protanopia
    /// Without the cones for middle waves: about 1 % of men; the weaker form, 5 %, is milder than what is tested here.
    case deuteranopia
    /// Without the cones for short waves: rare.
    case tritanopia

    func seen(_ light: LinearRGB) -> LinearRGB {
        let (red, green, blue) = (light.parts.x, light.parts.y, light.parts.z)
        func mixed(_ r: SIMD3<Double>, _ g: SIMD3<Double>, _ b: SIMD3<Double>) -> LinearRGB {
            let light = SIMD3(red, green, blue)
            let seen = SIMD3((r * light).sum(), (g * light).sum(), (b * light).sum())
            return LinearRGB(parts: seen.clamped(lowerBound: .zero, upperBound: .one))
        }
        switch self {
        case .normal: return light
        case .protanopia:
            return mixed(
                SIMD3(0.152_286, 1.052_583, -0.204_868),
                SIMD3(0.114_503, 0.786_281, 0.099_216),
                SIMD3(-0.003_882, -0.048_116, 1.051_998)
            )
        case .deuteranopia:
            return mixed(
                SIMD3(0.367_322, 0.860_646, -0.227_968),
                SIMD3(0.280_085, 0.672_501, 0.047_413),
                SIMD3(-0.011_820, 0.042_940, 0.968_881)
            )
        case .tritanopia:
            return mixed(
                SIMD3(1.255_528, -0.076_749, -0.178_779),
                SIMD3(-0.078_411, 0.930_809, 0.147_602),
                SIMD3(0.004_733, 0.691_367, 0.303_900)
            )
        }
    }
}

/// One colour as each kind of eye sees it.
struct SeenColor {
    private let views: [OKLab]

    init(_ color: RGBColor) {
        let light = LinearRGB(color)
        views = ColorVision.allCases.map { OKLab($0.seen(light)) }
    }

    /// How well two colours serve side by side: as the worst eye sees them, and with some difference left for the rest.
    func difference(from other: SeenColor) -> Double {
        min(distance(to: other), views[0].distance(to: other.views[0]) * 0.6)
    }

    /// How different two colours look to the eye that can tell them apart least.
    func distance(to other: SeenColor) -> Double {
        zip(views, other.views).reduce(.infinity) { min($0, $1.0.distance(to: $1.1)) }
    }
}

extension RGBColor {
    /// How different two colours look, to the eye that can tell them apart least: an OKLab distance, where about 0.02 is
    /// just noticeable and black and white are 1 apart.
    public func distanceToAnyEye(from other: RGBColor) -> Double { SeenColor(self).distance(to: SeenColor(other)) }

    /// How different two colours look to one kind of eye.
    public func distance(from other: RGBColor, to eye: ColorVision) -> Double {
        OKLab(eye.seen(LinearRGB(self))).distance(to: OKLab(eye.seen(LinearRGB(other))))
    }
}

//! Polynomials of the sine and the cosine of a quarter turn.

/// sin(π/2·√z)/√z on [0, ¼]: relative error 2^-54.4, most of it the rounding of π/2.
pub const SIN: [f64; 7] = [
    std::f64::consts::FRAC_PI_2,
    -0.645964097506228,
    0.0796926262452755,
    -0.0046817541191779685,
    0.00016044104879855322,
    -3.598279715594175e-06,
    5.585318245664982e-08,
];
/// cos(π/2·√z) there: relative error 2^-53.5.
pub const COS: [f64; 7] = [
    1.0,
    -1.2337005501361553,
    0.25366950789995935,
    -0.02086348073586751,
    0.0009192599541483076,
    -2.520014306071024e-05,
    4.655337268189858e-07,
];

//! Reductions: exact accumulators on the pool.
//!
//! | module | concept |
//! |---|---|
//! | [`whole`] | all values of a vector or an array |
//! | [`statistic`] | what can be asked of all values |
//! | [`dot`] | dot products |
//! | [`pairs`] | reductions along axes of pairs of arrays |
//! | [`pair_tiles`], [`tile`] | pairs brought together for them; elements converted to doubles |
//! | [`plan`] | reductions along axes: which way they go through memory, and what each result is given to |
//! | [`op`] | the statistics that a reduction along axes can compute |
//! | [`axes`], [`describe`] | what is made of each result: one statistic, or all of them |
//! | [`sink`] | where the moments of results go |
//! | [`results`], [`outcomes`] | the places where results go; the first result that is refused |
//! | [`strip`], [`strips`] | neighbouring results that are computed together; all of them |
//! | [`task`] | the work on one strip |
//! | [`source`] | where the values of results lie, and which of them a mask selects |
//! | [`strip_moments`] | the moments of a strip, by one of the three ways that follow |
//! | [`streamed`] | rows of values go to the column kernel as they lie |
//! | [`transposed`] | each result's values are brought together first |
//! | [`selected`] | rows under a mask |
//! | [`few`] | strips of results that have few values each |
//! | [`panel`] | where their values lie, and how many are brought together at a time |
//! | [`lines`], [`convert`] | their values, brought together, and converted to doubles |
//! | [`chunk`] | how many values a thread takes at a time |
//!
//! How the values are split depends on the number of threads and on the layout in memory. The results do not,
//! as the sums are exact.

pub mod axes;
pub mod chunk;
pub mod convert;
pub mod describe;
pub mod dot;
pub mod few;
pub mod lines;
pub mod op;
pub mod outcomes;
pub mod pair_tiles;
pub mod pairs;
pub mod panel;
pub mod plan;
pub mod results;
pub mod selected;
pub mod sink;
pub mod source;
pub mod statistic;
pub mod streamed;
pub mod strip;
pub mod strip_moments;
pub mod strips;
pub mod task;
pub mod tile;
pub mod transposed;
pub mod whole;

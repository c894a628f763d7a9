//! The trend of a figure as a page: the drawing, and its points in tables.

use super::super::html::{escaped, policy_hash};
use super::super::number::three_places;
use super::trend_svg::{STYLE, trend_to_svg};
use super::{count, interval};
use crate::history::{Point, Series, Trend};
use crate::text::{shown_name, shown_text, visible};

const PAGE_STYLE: &str = "\
:root{color-scheme:light dark}body{font:14px system-ui,sans-serif;margin:1.5rem auto;max-width:52rem;padding:0 1rem;\
background:#fff;color:#1f2328}svg{max-width:100%;height:auto}table{border-collapse:collapse;margin:.5rem 0 1.5rem}\
th,td{padding:.2rem .7rem .2rem 0;text-align:left;border-bottom:1px solid #d1d9e0;white-space:nowrap}\
.n{text-align:right;font-variant-numeric:tabular-nums}div{overflow-x:auto}\
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#f0f6fc}th,td{border-color:#3d444d}}";

/// Returns a self-contained page. Its policy allows its own two styles and nothing else.
pub fn trend_to_html(trend: &Trend) -> String {
    let title = escaped(&shown_name(&trend.metric));
    let styles = format!("{} {}", policy_hash(PAGE_STYLE), policy_hash(STYLE));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {styles}; img-src data:; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · karat history</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{PAGE_STYLE}</style>\n\
         </head>\n<body>\n{}",
        trend_to_svg(trend)
    );
    for series in &trend.series {
        page.push_str(&table(series));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn table(series: &Series) -> String {
    let name = format!("{}, {}", shown_name(&series.dataset), shown_name(&series.extractor));
    let mut rows = String::new();
    for (at, point) in series.points.iter().enumerate() {
        let change = series.changes.iter().find(|change| change.at == at);
        let change = change.map(|change| change.reasons.join("; ")).unwrap_or_default();
        rows.push_str(&row(point, &change));
    }
    format!(
        "<h2>{}</h2>\n<div><table>\n<tr><th>run</th><th>when (UTC)</th><th>commit</th><th class=\"n\">value</th>\
         <th>interval</th><th class=\"n\">gold</th><th class=\"n\">documents</th><th>change before it</th></tr>\n\
         {rows}</table></div>\n",
        escaped(&name)
    )
}

fn row(point: &Point, change: &str) -> String {
    let documents = match point.answered {
        Some(answered) if point.rests_on_fewer() => format!("{} ({answered} answered)", count(point.documents)),
        _ => count(point.documents),
    };
    let cells = [
        ("", shown_name(&point.run.run).into_owned()),
        ("", visible(&point.run.when()).into_owned()),
        ("", visible(&point.run.short_commit()).into_owned()),
        (" class=\"n\"", three_places(point.value)),
        ("", interval(point.interval)),
        (" class=\"n\"", count(point.gold)),
        (" class=\"n\"", documents),
        ("", shown_text(change).into_owned()),
    ];
    let cells = cells.map(|(class, cell)| format!("<td{class}>{}</td>", escaped(&cell)));
    format!("<tr>{}</tr>\n", cells.concat())
}

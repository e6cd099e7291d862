// Tables and summary lists bring the whole card component of nhsuk-frontend along; no page of ours has one.
module.exports = { content: [], css: [], safelist: { standard: [/^(?!nhsuk-card)/] } };

-- The 17 Sustainable Development Goals (United Nations, resolution A/RES/70/1), each under its own number.

INSERT INTO sdgs (id, name, description) VALUES
	(1, 'SDG 1', 'No poverty: end poverty in all its forms everywhere'),
	(2, 'SDG 2', 'Zero hunger: end hunger, achieve food security and improved nutrition and promote sustainable agriculture'),
	(3, 'SDG 3', 'Good health and well-being: ensure healthy lives and promote well-being for all at all ages'),
	(4, 'SDG 4', 'Quality education: ensure inclusive and equitable quality education and promote lifelong learning opportunities for all'),
	(5, 'SDG 5', 'Gender equality: achieve gender equality and empower all women and girls'),
	(6, 'SDG 6', 'Clean water and sanitation: ensure availability and sustainable management of water and sanitation for all'),
	(7, 'SDG 7', 'Affordable and clean energy: ensure access to affordable, reliable, sustainable and modern energy for all'),
	(8, 'SDG 8', 'Decent work and economic growth: promote sustained, inclusive and sustainable economic growth, full and productive employment and decent work for all'),
	(9, 'SDG 9', 'Industry, innovation and infrastructure: build resilient infrastructure, promote inclusive and sustainable industrialization and foster innovation'),
	(10, 'SDG 10', 'Reduced inequalities: reduce inequality within and among countries'),
	(11, 'SDG 11', 'Sustainable cities and communities: make cities and human settlements inclusive, safe, resilient and sustainable'),
	(12, 'SDG 12', 'Responsible consumption and production: ensure sustainable consumption and production patterns'),
	(13, 'SDG 13', 'Climate action: take urgent action to combat climate change and its impacts'),
	(14, 'SDG 14', 'Life below water: conserve and sustainably use the oceans, seas and marine resources for sustainable development'),
	(15, 'SDG 15', 'Life on land: protect, restore and promote sustainable use of terrestrial ecosystems, and halt biodiversity loss'),
	(16, 'SDG 16', 'Peace, justice and strong institutions: promote peaceful and inclusive societies, provide access to justice for all and build effective institutions'),
	(17, 'SDG 17', 'Partnerships for the goals: strengthen the means of implementation and revitalize the global partnership for sustainable development');
SELECT setval('sdgs_id_seq', 17);

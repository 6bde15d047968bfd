"""Pages: public look-up, office, design system. Server-rendered; no JavaScript anywhere."""

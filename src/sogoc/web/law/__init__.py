"""The law as pages to read and cite: who may issue what on a day, and by which article."""

"""What may be done where, by whom: one decision, and the packs of rules of each country that it rests on."""

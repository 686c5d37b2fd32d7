"""The contract of the network form, by the model form of order 882/391 of 05.08.2020."""

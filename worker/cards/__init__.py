"""健康通行卡: issued to one person or from a table, printed on A4 sheets, listed, reported lost; cards of before."""

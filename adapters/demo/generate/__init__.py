"""Makes the demo's CSV files: `python -m adapters.demo.generate`. Pure and seeded: the same bytes every time.

Every person, number and company is invented. Phone numbers are of the range 154, which was never given to anybody;
region codes of ID numbers are of provinces that do not exist.
"""

/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in xl's place when the time of everything else is measured: it does nothing. */
int main(void)
{
	return 0;
}
